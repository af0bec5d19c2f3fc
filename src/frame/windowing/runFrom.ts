export interface PeriodicOptions {
  /** From the start of one window to the start of the next, in microseconds. */
  readonly everyUs: number;
  /** Length of a window in microseconds; longer than `everyUs` where windows overlap. */
  readonly lengthUs: number;
  /** Allowed lateness: how far behind the latest event of the stream an event may come, in microseconds. */
  readonly latenessUs: number;
}

/** The number of the last window that begins at or before a time. */
export const numberAt = (t: number, { everyUs }: PeriodicOptions): number => Math.floor(t / everyUs);

/** Events that follow each other in a batch and are in the same windows: no start and no end of a window lies between them. */
export interface Run {
  readonly from: number;
  /** Index after the last one. */
  readonly to: number;
  readonly lastT: number;
  /** Numbers of the first and the last window that they are in; first > last where they lie between two windows. */
  readonly first: number;
  readonly last: number;
}

/** @param borders further times at which a window begins or ends */
export function runFrom(t: Float64Array, from: number, length: number, periods: PeriodicOptions, borders: readonly number[]): Run {
  const { everyUs, lengthUs } = periods;
  let lastT = t[from]!;
  const last = numberAt(lastT, periods);
  const first = Math.floor((lastT - lengthUs) / everyUs) + 1;
  let low = Math.max(last * everyUs, (first - 1) * everyUs + lengthUs);
  let high = Math.min((last + 1) * everyUs, first * everyUs + lengthUs);
  for (const border of borders) {
    if (lastT < border) high = Math.min(high, border);
    else low = Math.max(low, border);
  }
  let to = from + 1;
  for (; to < length; to++) {
    const next = t[to]!;
    if (next < low || next >= high) break;
    if (next > lastT) lastT = next;
  }
  return { from, to, lastT, first, last };
}
