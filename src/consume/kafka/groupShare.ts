/**
 * Which part of a group's partitions is ours, such that the parts of all members together never exceed 1 at any moment.
 * Times are `performance.now()` milliseconds.
 */
export interface GroupShare {
  /** The group gave us this part, 0 to 1. */
  joined(part: number, nowMs: number): void;
  /** The group took our heartbeat: we are still one of its members. */
  confirmed(nowMs: number): void;
  /** What may be used now. */
  now(nowMs: number): number;
}

/** The members of a group hear of their new parts one after another; by then all have. */
const GROW_AFTER_MS = 1_000;

/**
 * A part shrinks at once, and grows when those who lost theirs must have heard of it. A member that the group did not
 * answer for the length of its session may have been expelled, and its part given away: it has none.
 */
export function groupShare(sessionTimeoutMs: number): GroupShare {
  let before = 0;
  let given = 0;
  let givenAt = -Infinity;
  let confirmedAt = -Infinity;
  const now = (nowMs: number): number => {
    if (nowMs - confirmedAt > sessionTimeoutMs) return 0;
    return nowMs - givenAt < GROW_AFTER_MS ? before : given;
  };
  return {
    now,
    joined(part, nowMs) {
      before = Math.min(now(nowMs), part);
      given = part;
      givenAt = nowMs;
      confirmedAt = nowMs;
    },
    confirmed(nowMs) {
      confirmedAt = nowMs;
    },
  };
}
