/** Every number of a benchmark's result by the path to it; an item of a list is named by its own words. */
export function figuresOf(value: unknown, path = ''): Map<string, number> {
  const found = new Map<string, number>();
  const addAll = (part: unknown, name: string): void => {
    for (const [key, figure] of figuresOf(part, path === '' ? name : `${path}, ${name}`)) found.set(key, figure);
  };
  if (typeof value === 'number') found.set(path, value);
  else if (Array.isArray(value)) value.forEach((item, n) => addAll(item, wordsOf(item) || `${n}`));
  else if (typeof value === 'object' && value !== null) for (const [name, part] of Object.entries(value)) addAll(part, name);
  return found;
}

const wordsOf = (item: unknown): string =>
  Object.values(Object(item) as object)
    .filter((part) => typeof part === 'string')
    .join(' ');

export interface Comparison {
  readonly figure: string;
  /** Medians of the runs. */
  readonly before: number;
  readonly now: number;
  /** Now, divided by before. */
  readonly ratio: number;
  /** Lowest and highest ratio of runs that were neighbours in time. */
  readonly lowest: number;
  readonly highest: number;
}

/** Compares runs that were made by turns, the n-th of one beside the n-th of the other; figures that both have. */
export function compareRuns(before: readonly Map<string, number>[], now: readonly Map<string, number>[]): Comparison[] {
  const names = [...(now[0]?.keys() ?? [])].filter((name) => [...before, ...now].every((run) => run.has(name)));
  return names.map((figure) => {
    const [old, fresh] = [before.map((run) => run.get(figure)!), now.map((run) => run.get(figure)!)];
    const ratios = fresh.map((value, n) => ratioOf(value, old[n]!));
    const [medianBefore, medianNow] = [median(old), median(fresh)];
    return {
      figure,
      before: medianBefore,
      now: medianNow,
      ratio: ratioOf(medianNow, medianBefore),
      lowest: Math.min(...ratios),
      highest: Math.max(...ratios),
    };
  });
}

/** 1 for equal figures, also where both are 0, such as counts of errors. */
const ratioOf = (now: number, before: number): number => (now === before ? 1 : now / before);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
