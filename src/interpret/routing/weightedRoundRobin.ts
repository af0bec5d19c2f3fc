/**
 * Weights that hold over time. Each choice adds to every target that is in play its share of one call and takes one
 * call from the chosen one, so a target that was passed over is owed calls (smooth weighted round robin, with credit).
 * What a target could not take because of its quota or an outage is not owed: its share goes to the others meanwhile.
 */
export interface Sharer {
  readonly weight: number;
  credit: number;
}

/** No target is owed or ahead by more calls than this: a debt is not paid back as a burst. */
const LARGEST_CREDIT = 64;
/** How many calls a target may run ahead of its weight while a preferred one is busy. */
const AHEAD = 16;

/**
 * Chooses among those in play; `isReady` says who can take it now. Undefined: nobody, or it is better to wait for one
 * that is busy but still owed calls.
 */
export function choose<T extends Sharer>(inPlay: readonly T[], isReady: (target: T) => boolean): T | undefined {
  let total = 0;
  for (const { weight } of inPlay) total += weight;
  let chosen: T | undefined;
  let owed = -Infinity;
  for (const target of inPlay) {
    const credit = target.credit + target.weight / total;
    if (credit > owed && isReady(target)) {
      chosen = target;
      owed = credit;
    }
  }
  if (!chosen || (owed - 1 < -AHEAD && inPlay.length > 1)) return undefined;
  for (const target of inPlay) target.credit = clamp(target.credit + target.weight / total - (target === chosen ? 1 : 0));
  return chosen;
}

const clamp = (credit: number): number => Math.max(-LARGEST_CREDIT, Math.min(LARGEST_CREDIT, credit));
