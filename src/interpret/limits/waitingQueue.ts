/** Something that waits until it may start. Times are `performance.now()` milliseconds. */
export interface QueueEntry {
  /** When it is of no use any more; Infinity: never. */
  readonly deadlineMs: number;
  /** What starts it, if it may start now; else when to look again, Infinity: after a change. */
  ready(nowMs: number): (() => void) | number;
  /** Its deadline passed while it waited. */
  expire(): void;
}

/** Before every time. */
const STARTED = -Infinity;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Entries that wait, first come, first served: none starts before those ahead of it. Entries that come back after a failure
 * go first, and each of them by itself: one that must wait longer holds back no other.
 */
export class WaitingQueue<Entry extends QueueEntry = QueueEntry> {
  readonly #returned = new Set<Entry>();
  readonly #waiting = new Set<Entry>();
  readonly #deadlines = new Map<Entry, NodeJS.Timeout>();
  #timer: NodeJS.Timeout | undefined;
  #isAdvancing = false;
  #isStale = false;

  /** Puts an entry at the end, and starts what may start. */
  add(entry: Entry): void {
    this.#insert(this.#waiting, entry);
  }

  /** Puts an entry that has failed before ahead of the others. */
  addReturned(entry: Entry): void {
    this.#insert(this.#returned, entry);
  }

  /** Returns whether it was waiting. */
  delete(entry: Entry): boolean {
    clearTimeout(this.#deadlines.get(entry));
    this.#deadlines.delete(entry);
    return this.#waiting.delete(entry) || this.#returned.delete(entry);
  }

  /** Starts every entry that may start; to be called when one of them may have become ready. */
  readonly advance = (): void => {
    // A start may change what others wait for, and call this again.
    this.#isStale = true;
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    clearTimeout(this.#timer);
    let wakeAt = Infinity;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        wakeAt = this.#pass();
      }
    } finally {
      this.#isAdvancing = false;
    }
    if (wakeAt < Infinity) this.#timer = setTimeout(this.advance, Math.max(1, Math.min(wakeAt - performance.now(), LONGEST_TIMER_MS)));
  };

  /** Returns when the first of the entries that still wait wants to be tried again. */
  #pass(): number {
    let wakeAt = Infinity;
    for (const entry of this.#returned) {
      const at = this.#tryStart(entry);
      if (at !== STARTED) wakeAt = Math.min(wakeAt, at);
    }
    for (const entry of this.#waiting) {
      const at = this.#tryStart(entry);
      if (at !== STARTED) return Math.min(wakeAt, at);
    }
    return wakeAt;
  }

  #tryStart(entry: Entry): number {
    const nowMs = performance.now();
    if (entry.deadlineMs <= nowMs) {
      this.#expire(entry);
      return STARTED;
    }
    const start = entry.ready(nowMs);
    if (typeof start === 'number') return start;
    // It may fail at once, and come back.
    this.delete(entry);
    start();
    return STARTED;
  }

  #expire(entry: Entry): void {
    if (this.delete(entry)) entry.expire();
  }

  #insert(line: Set<Entry>, entry: Entry): void {
    line.add(entry);
    if (entry.deadlineMs < Infinity) {
      const afterMs = Math.min(LONGEST_TIMER_MS, Math.max(0, entry.deadlineMs - performance.now()));
      this.#deadlines.set(
        entry,
        setTimeout(() => this.#expire(entry), afterMs),
      );
    }
    this.advance();
  }
}
