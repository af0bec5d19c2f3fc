/**
 * Chance that can be repeated: every draw is a function of what it is about (seed, picture, how many times it came),
 * not of the order in which requests arrive, so that the same frame meets the same fate however many calls run at once.
 */

/** FNV-1a with a final mix over the parts; 32 bits. */
export function hash32(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) that belongs to these parts. */
export const draw = (...parts: readonly (string | number)[]): number => hash32(...parts) / 0x1_0000_0000;

/** Chooses from lists, the same way each time for the same seed. */
export type Pick = <T>(list: readonly T[]) => T;

export function picker(...seed: readonly (string | number)[]): Pick {
  let state = hash32(...seed) || 1;
  return (list) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return list[(state >>> 0) % list.length]!;
  };
}
