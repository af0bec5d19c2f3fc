import type { CallDeadlineSettings } from '../callDeadlines.ts';

/** `end`: the reply looks complete, and the upstream keeps the connection open. */
export type CallPhase = 'connect' | 'headers' | 'idle' | 'end';

/** How long a reply that looks complete may keep the connection open before it is read. */
const OPEN_END_MS = 1_000;
/** A timer that fires so late was not delayed by the upstream. */
const BUSY_MS = 20;
/** Timers fire up to a millisecond early. */
const EARLY_MS = 0.5;

/**
 * The deadlines of one call in one timer: each phase has its own, and all of them together have one. undici's own time limits
 * tick twice a second, which is too coarse for deadlines that tests hold to 50 ms.
 *
 * Only the upstream's silence counts. What has arrived while this process was busy is read first, and where it was busy for
 * long the deadline is moved by twice that time, once.
 */
export class DeadlineTimer {
  readonly #deadlines: CallDeadlineSettings;
  readonly #onPassed: (phase: CallPhase | 'total') => void;
  #phase: CallPhase = 'connect';
  #phaseEndsAt = Infinity;
  #endsAt: number;
  #armedFor = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #wasMoved = false;
  #isStopped = false;

  constructor(deadlines: CallDeadlineSettings, onPassed: (phase: CallPhase | 'total') => void) {
    this.#deadlines = deadlines;
    this.#onPassed = onPassed;
    this.#endsAt = performance.now() + deadlines.totalMs;
  }

  enter(phase: CallPhase): void {
    this.#phase = phase;
    this.#phaseEndsAt = performance.now() + this.#msOf(phase);
    // The timer is only moved when the new deadline is earlier; else it finds out when it fires.
    if (this.#phaseEndsAt < this.#armedFor) this.#arm();
  }

  /** The reply was not complete: goes on with the idle deadline of the last piece. */
  resumeIdle(): void {
    this.#phaseEndsAt += this.#deadlines.idleMs - this.#msOf('end');
    this.#phase = 'idle';
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The deadline that passed, for people. */
  describe(phase: CallPhase | 'total'): string {
    return `${phase} deadline of ${phase === 'total' ? Math.round(this.#deadlines.totalMs) : this.#msOf(phase)} ms`;
  }

  get #nextAt(): number {
    return Math.min(this.#phaseEndsAt, this.#endsAt);
  }

  get #isEarly(): boolean {
    return this.#nextAt - performance.now() > EARLY_MS;
  }

  #msOf(phase: CallPhase): number {
    return phase === 'end' ? Math.min(OPEN_END_MS, this.#deadlines.idleMs) : this.#deadlines[`${phase}Ms`];
  }

  #arm(): void {
    this.#armedFor = this.#nextAt;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fired(), this.#armedFor - performance.now());
  }

  #fired(): void {
    if (this.#isEarly) {
      this.#arm();
      return;
    }
    const lateMs = performance.now() - this.#nextAt;
    if (lateMs > BUSY_MS && !this.#wasMoved) {
      this.#wasMoved = true;
      this.#phaseEndsAt += lateMs * 2;
      this.#endsAt += lateMs * 2;
      this.#arm();
    } else setImmediate(() => this.#check());
  }

  /** After the event loop has read what had arrived. */
  #check(): void {
    if (this.#isStopped) return;
    if (this.#isEarly) this.#arm();
    else this.#onPassed(this.#phaseEndsAt <= this.#endsAt ? this.#phase : 'total');
  }
}
