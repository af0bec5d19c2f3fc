/**
 * The part of a group's partitions that is ours, such that the parts of all members together never exceed 1 at any moment.
 * Times are `performance.now()` milliseconds.
 */
export interface GroupShare {
  /** The group gave us this part, 0 to 1. */
  joined(part: number, nowMs: number): void;
  /** The group accepted our heartbeat: we are still one of its members. */
  confirmed(nowMs: number): void;
  /** The part that may be used now. */
  now(nowMs: number): number;
}

/** The members of a group learn of their new parts one after another; after this long all have. */
const GROW_AFTER_MS = 1_000;

/**
 * A part shrinks at once, and grows only when the members that lost theirs must have learnt of it. A member that got no
 * answer from the group for the length of its session may have been expelled, and its partitions reassigned: its part is 0.
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
