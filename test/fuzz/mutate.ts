import { mulberry32 } from '../../src/random.ts';

/** A random whole number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** The same damage for the same seed: every run can be repeated. */
export function makeRandom(seed: number): Random {
  const random = mulberry32(seed);
  return (below) => Math.floor(random() * below);
}

const TELLING = [0, 1, 0x25, 0x7f, 0x80, 0x99, 0xfe, 0xff];

type Change = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const at = (bytes: Uint8Array, random: Random): number => random(Math.max(1, bytes.length));
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Kinds of damage: what radio, disks, drivers and programs do to bytes. */
const changes: readonly Change[] = [
  (bytes, random) => {
    const i = at(bytes, random);
    bytes[i] = (bytes[i] ?? 0) ^ (1 << random(8));
    return bytes;
  },
  (bytes, random) => bytes.fill(TELLING[random(TELLING.length)] ?? 0, at(bytes, random)),
  (bytes, random) => {
    const from = at(bytes, random);
    return bytes.fill(TELLING[random(TELLING.length)] ?? 0, from, from + 1 + random(9));
  },
  (bytes, random) => {
    const from = at(bytes, random);
    for (let i = from; i < Math.min(bytes.length, from + 1 + random(24)); i++) bytes[i] = random(256);
    return bytes;
  },
  (bytes, random) => {
    const from = at(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random(40)));
  },
  (bytes, random) => {
    const from = at(bytes, random);
    return joined(bytes.subarray(0, from + 1 + random(40)), bytes.subarray(from));
  },
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => bytes.subarray(at(bytes, random)),
  (bytes, random, other) => joined(bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))),
  (bytes, random) => {
    const [a, b] = [at(bytes, random), at(bytes, random)];
    const length = 1 + random(32);
    const piece = Uint8Array.from(bytes.subarray(a, a + length));
    bytes.set(piece.subarray(0, Math.max(0, bytes.length - b)), b);
    return bytes;
  },
];

/** A damaged copy. `other` is what pieces of another stream are taken from. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let out: Uint8Array = Uint8Array.from(bytes);
  for (let left = 1 + random(5); left > 0; left--) out = changes[random(changes.length)]?.(out, random, other) ?? out;
  return out;
}
