import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allFormats } from '../../src/decode/allFormats.ts';
import { type Sample, samples } from './samples.ts';
import { type Row, cuts, decodeAll, eventRows, rowsOf } from './support.ts';

/** Formats that hold no contrast events have nothing to be written by. */
const withoutEvents = new Set(['es-color', 'es-generic']);

const formatOf = (name: string) => {
  const format = allFormats.find((candidate) => candidate.name === name);
  if (!format) throw new Error(`no format ${name}`);
  return format;
};

const shifted = (rows: readonly Row[], { shiftUs = 0 }: Sample): Row[] => rows.map(([t, x, y, p]) => [t + shiftUs, x, y, p]);

/** Enough events in order of time to find any layout. */
const plain = ({ width, height }: Sample): Row[] =>
  Array.from({ length: 200 }, (_, i): Row => [1000 + i * 37, (i * 7) % width, (i * 5) % height, (i >> 1) & 1]);

/** Every form of damage that needs no knowledge of the format. */
const damages = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }),
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  ),
  { minLength: 1, maxLength: 8 },
);

function damage(bytes: Uint8Array, what: (typeof damages extends fc.Arbitrary<infer T> ? T : never)[number]): Uint8Array {
  const at = what.at % Math.max(1, bytes.length);
  if (what.kind === 'cut') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + what.length)]);
  if (what.kind === 'double') return Buffer.concat([bytes.subarray(0, at + what.length), bytes.subarray(at)]);
  const out = Uint8Array.from(bytes);
  if (at < out.length) out[at] = what.kind === 'flip' ? (out[at] ?? 0) ^ (1 << what.bit) : what.value;
  return out;
}

describe('every format', () => {
  it('has a sample here', () => {
    expect(
      allFormats
        .map(({ name }) => name)
        .filter((name) => !withoutEvents.has(name))
        .toSorted(),
    ).toEqual(samples.map(({ name }) => name).toSorted());
  });

  describe.each(samples)('$name', (sample) => {
    const format = formatOf(sample.name);
    const { width, height, timeBaseNs } = sample;
    const decode = (bytes: Uint8Array, lengths?: number[]) => decodeAll(format, bytes, { width, height }, lengths, timeBaseNs);

    it('reads what was written', () => {
      const rows = plain(sample);
      expect(decode(sample.bytes(rows)).rows).toEqual(shifted(rows, sample));
    });

    it('makes the same events however the bytes are cut', () => {
      const lengths = format.name === 'text' ? 4 : 0;
      fc.assert(
        fc.property(eventRows(width, height, 40_000), cuts, (rows, pieces) => {
          const bytes = sample.bytes(rows.slice(lengths));
          const whole = decode(bytes);
          expect(decode(bytes, pieces).rows).toEqual(whole.rows);
          if (format.name !== 'text') expect(whole.rows).toEqual(shifted(rows, sample));
        }),
        { numRuns: 60 },
      );
    });

    it.skipIf(!sample.file)('knows its files, and is known for them alone', () => {
      const head = sample.file?.(plain(sample)).subarray(0, 65_536) ?? new Uint8Array(0);
      const found = allFormats.map((candidate) => [candidate.name, candidate.detect?.(head)] as const).filter(([, detected]) => detected);
      expect(found.map(([name]) => name)).toEqual([format.name]);
      expect(found[0]?.[1]).toMatchObject({ width, height });
      expect(decode(head.subarray(found[0]?.[1]?.headerBytes)).rows).toEqual(shifted(plain(sample), sample));
    });

    it('survives any damage: no event outside the sensor or without a time, and cut alike', () => {
      fc.assert(
        fc.property(damages, cuts, (changes, pieces) => {
          const bytes = changes.reduce(damage, sample.bytes(plain(sample)));
          const { rows, counters } = decode(bytes);
          for (const [t, x, y, p] of rows) {
            if (!(Number.isInteger(t) && t >= 0 && t <= Number.MAX_SAFE_INTEGER && x < width && y < height && p <= 1)) {
              throw new Error(`the event ${[t, x, y, p].join()} cannot be`);
            }
          }
          expect(counters.events).toBe(rows.length);
          expect(decode(bytes, pieces).rows).toEqual(rows);
        }),
        { numRuns: 150 },
      );
    });

    it('continues after a gap, counts it, and invents no events', () => {
      const decoder = format.start({ width, height });
      const bytes = sample.bytes(plain(sample));
      // Whole records of 2, 4, 5, 8, 13 and 16 bytes.
      const third = Math.floor(bytes.length / 3120) * 1040;
      const truth = new Set(shifted(plain(sample), sample).map((row) => row.join()));
      const before = rowsOf(decoder.push(bytes.subarray(0, third), timeBaseNs));
      decoder.gap();
      const after = [...rowsOf(decoder.push(bytes.subarray(2 * third), timeBaseNs)), ...rowsOf(decoder.end())];
      expect(decoder.counters.gaps).toBeGreaterThan(0);
      expect([...before, ...after].filter((row) => !truth.has(row.join()))).toEqual([]);
    });

    it('tells how far the time has come', () => {
      const decoder = format.start({ width, height });
      expect(decoder.clockUs).toBeNaN();
      const rows = plain(sample);
      decoder.push(sample.bytes(rows), timeBaseNs);
      decoder.end();
      expect(decoder.clockUs).toBe(shifted(rows, sample).at(-1)?.[0]);
    });
  });
});
