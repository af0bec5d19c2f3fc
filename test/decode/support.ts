import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import type { DecodeCounters, Format, StreamInfo } from '../../src/decode/decoder.ts';
import { type Events, makeEvents } from '../../src/decode/events.ts';

/** Recordings with known contents in the folder next to the project, where they are present. */
export const recordings = fileURLToPath(new URL('../../../shared/data/recordings/', import.meta.url));
export const hasRecordings = existsSync(`${recordings}truth.json`);

/** An event as [t, x, y, p]. */
export type Row = readonly [t: number, x: number, y: number, p: number];

export const rowsOf = ({ length, t, x, y, p }: Events): Row[] =>
  Array.from({ length }, (_, i): Row => [t[i] ?? -1, x[i] ?? -1, y[i] ?? -1, p[i] ?? -1]);

export function eventsOf(rows: readonly Row[]): Events {
  const events = makeEvents(rows.length);
  events.length = rows.length;
  rows.forEach(([t, x, y, p], i) => {
    events.t[i] = t;
    events.x[i] = x;
    events.y[i] = y;
    events.p[i] = p;
  });
  return events;
}

export interface Decoded {
  readonly rows: readonly Row[];
  readonly counters: Readonly<DecodeCounters>;
  readonly clockUs: number;
}

/** Decodes bytes that come in pieces of the given lengths, taken in turn; all at once without them. */
export function decodeAll(
  format: Format,
  bytes: Uint8Array,
  stream: StreamInfo,
  cuts: readonly number[] = [bytes.length + 1],
  timeBaseNs = 0n,
): Decoded {
  const decoder = format.start(stream);
  const rows: Row[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (cuts[i % cuts.length] ?? 1);
    rows.push(...rowsOf(decoder.push(bytes.subarray(at, end), timeBaseNs)));
    at = end;
  }
  rows.push(...rowsOf(decoder.end()));
  return { rows, counters: { ...decoder.counters }, clockUs: decoder.clockUs };
}

/** Words of 16 bits as their little-endian bytes. */
export const words16 = (...words: number[]): Uint8Array => new Uint8Array(Uint16Array.from(words).buffer);
export const words32 = (...words: number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);

/** Ways to cut a byte stream: lengths of pieces, used in turn. */
export const cuts = fc.array(fc.integer({ min: 1, max: 997 }), { minLength: 1, maxLength: 8 });

/** Events in order of time inside a sensor: some alone, some in rows as vectors make them. */
export const eventRows = (width: number, height: number, longestGapUs = 50_000): fc.Arbitrary<Row[]> =>
  fc
    .array(
      fc.record({
        wait: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: longestGapUs })),
        x: fc.integer({ min: 0, max: width - 1 }),
        y: fc.integer({ min: 0, max: height - 1 }),
        p: fc.integer({ min: 0, max: 1 }),
        run: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
        stride: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 60 },
    )
    .map((bursts) => {
      let t = 0;
      return bursts.flatMap(({ wait, x, y, p, run, stride }) => {
        t += wait;
        return Array.from({ length: run }, (_, i): Row => [t, x + i * stride, y, p]).filter(([, column]) => column < width);
      });
    });

const digest = (column: Uint8Array | Uint16Array | BigUint64Array): string => createHash('sha3-224').update(column).digest('hex');

/** The digests of truth.json: SHA3-224 of each column, t as u64. */
export function digestsOf(events: readonly Row[]): { t: string; x: string; y: string; on: string } {
  return {
    t: digest(BigUint64Array.from(events, ([t]) => BigInt(t))),
    x: digest(Uint16Array.from(events, ([, x]) => x)),
    y: digest(Uint16Array.from(events, ([, , y]) => y)),
    on: digest(Uint8Array.from(events, ([, , , p]) => p)),
  };
}
