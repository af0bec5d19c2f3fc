/** A candidate of the choice. */
export interface Weighted {
  readonly weight: number;
  /** Calls owed to it; negative: it is ahead by so many. */
  currentWeight: number;
}

/** Nothing is owed or ahead by more calls than this: a debt is not paid back as a burst. */
const LARGEST_DEBT = 64;
/** How many calls one may run ahead of its weight while a preferred one is busy. */
const MAX_AHEAD = 16;

/**
 * Smooth weighted round robin: each choice adds to everything that is in play its share of one call, and takes one call
 * from the chosen one, so that weights hold over time. What is passed over while it is in play is owed those calls; what is
 * out of play because of its quota or an outage is not owed, and its share goes to the others meanwhile.
 *
 * `isReady` says what can take a call now. Undefined: nothing can, or it is better to wait for one that is busy and still
 * owed calls.
 */
export function weightedRoundRobin<T extends Weighted>(inPlay: readonly T[], isReady: (one: T) => boolean): T | undefined {
  let total = 0;
  for (const { weight } of inPlay) total += weight;
  let chosen: T | undefined;
  let largest = -Infinity;
  for (const one of inPlay) {
    const current = one.currentWeight + one.weight / total;
    if (current > largest && isReady(one)) {
      chosen = one;
      largest = current;
    }
  }
  if (!chosen || (largest - 1 < -MAX_AHEAD && inPlay.length > 1)) return undefined;
  for (const one of inPlay) one.currentWeight = clamp(one.currentWeight + one.weight / total - (one === chosen ? 1 : 0));
  return chosen;
}

const clamp = (calls: number): number => Math.max(-LARGEST_DEBT, Math.min(LARGEST_DEBT, calls));
