/*
  Random numbers with a seed: the same seed gives the same numbers in every run and on every machine.

  There are three algorithms, because recordings, drift figures and simulator replies of earlier versions depend on the
  sequence that each of them gives:
    sfc32       the synthetic camera, which draws millions of numbers and needs their statistics to be good
    mulberry32  shuffles, as in the folds of the drift measure: 32 bits of state, for some thousand numbers
    hashed      draws that belong to what they are about, not to the order of requests: the simulator of the vendors
*/

/** A sequence of numbers, evenly spread over 0 <= n < 1. */
export type Random = () => number;

/** sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and passes the usual tests. */
export function sfc32(seed: number): Random {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let step = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + step) | 0;
    step = (step + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** mulberry32 (Tommy Ettinger). */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normal distribution with mean 0 and deviation 1 (Box-Muller). */
export const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Poisson distribution: how often something happens that is expected `mean` times. */
export function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let drawn = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) drawn++;
  return drawn;
}

/** Fisher-Yates, in place. */
export function shuffle<Value>(values: Value[], random: Random): Value[] {
  for (let i = values.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

/** What a hashed draw is about. */
export type Key = readonly (string | number)[];

/** A number in [0, 1) that depends on the key alone: the same picture meets the same fate however many calls run at once. */
export const hashedDraw = (...key: Key): number => hash32(key) / 2 ** 32;

/** Chooses from lists, the same way each time for the same key. */
export type Choose = <Value>(list: readonly Value[]) => Value;

/** xorshift32 (Marsaglia 2003), begun with the hash of the key. */
export function hashedChoice(...key: Key): Choose {
  let state = hash32(key) || 1;
  return (list) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return list[(state >>> 0) % list.length]!;
  };
}

/** FNV-1a over the parts, then the finaliser of murmur3; 32 bits. */
function hash32(key: Key): number {
  let hash = 0x811c9dc5;
  for (const part of key) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
