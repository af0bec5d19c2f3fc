import { crc32 } from 'node:zlib';
import type { Companion, Remembered } from './companion.ts';
import type { Framing } from './framing.ts';

/** What a companion keeps of the units of its file. */
export interface Digest<Unit> {
  /** What of the next units is to be remembered. */
  of(units: readonly Unit[]): Remembered;
  /** How many of what these units hold are in it already, and how many they hold. */
  known(units: readonly Unit[]): { readonly known: number; readonly all: number };
}

/** How far a companion knows its file, and by what it knows it again. */
export interface Covered {
  readonly end: number;
  /** CRC-32 of the bytes up to there. */
  readonly crc: number;
  /** That many bytes before the end, and their CRC-32. */
  readonly tail: { readonly bytes: number; readonly crc: number };
}

export interface Coverage<Unit> extends Pick<Digest<Unit>, 'known'> {
  readonly covered: Covered;
  /** Takes the next units in; their bytes begin where the coverage ends. */
  take(bytes: Uint8Array, units: readonly Unit[]): void;
  /** Forgets everything: the companion is not one of this file, or of one that was replaced. */
  reset(): void;
}

const TAIL_BYTES = 4096;

/** The coverage that a companion remembers, or none where it is of another layout. */
export function coverage<Unit>(companion: Companion, framing: Framing<Unit>, digest: () => Digest<Unit>): Coverage<Unit> {
  const layout = framing.name;
  const none = after({ end: 0, crc: 0, tail: { bytes: 0, crc: 0 } }, framing.header());
  const found = companion.fact('covered');
  const remembered = found === undefined ? undefined : (JSON.parse(found) as Covered & { layout: string });
  let covered: Covered = remembered?.layout === layout ? remembered : none;
  let taken = digest();

  const coverageOf: Coverage<Unit> = {
    get covered() {
      return covered;
    },
    known: (units) => taken.known(units),
    take(bytes, units) {
      const next = after(covered, bytes);
      const { ids, facts } = taken.of(units);
      companion.remember({ ...(ids && { ids }), facts: { ...facts, covered: JSON.stringify({ layout, ...next }) } });
      covered = next;
    },
    reset() {
      companion.clear();
      covered = none;
      taken = digest();
    },
  };
  if (remembered && remembered.layout !== layout) coverageOf.reset();
  return coverageOf;
}

function after({ end, crc }: Covered, bytes: Uint8Array): Covered {
  const tail = bytes.subarray(Math.max(0, bytes.byteLength - TAIL_BYTES));
  return { end: end + bytes.byteLength, crc: crc32(bytes, crc), tail: { bytes: tail.byteLength, crc: crc32(tail) } };
}
