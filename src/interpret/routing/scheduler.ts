import { Observable, type Subscriber, type Subscription, defer } from 'rxjs';
import type { Answer } from '../caption.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { type QueueEntry, WaitingQueue } from '../limits/waitingQueue.ts';
import { afterFailure } from './afterFailure.ts';
import { chooseTarget } from './chooseTarget.ts';
import { exhausted } from './exhausted.ts';
import { tooLate } from './tooLate.ts';
import type { RouteRules, RouteTarget } from './routeTarget.ts';
import { RoutedFrame } from './routedFrame.ts';

/** A frame with the subscriber that waits for its answer. */
interface ScheduledFrame extends QueueEntry {
  readonly frame: RoutedFrame;
  readonly subscriber: Subscriber<Answer>;
  call?: Subscription | undefined;
}

/**
 * Brings frames and targets together. Frames wait here, first come, first served, until a target that may take them is ready:
 * rate limits, cooldowns and outages make them wait, and never fail. A frame that failed goes by the class of its error: again
 * to the same target, to the next on its path, or out.
 */
export class Scheduler {
  readonly #targets: readonly RouteTarget[];
  readonly #weighted: readonly RouteTarget[];
  readonly #rules: RouteRules;
  readonly #queue = new WaitingQueue<ScheduledFrame>();

  constructor(targets: readonly RouteTarget[], rules: RouteRules) {
    this.#targets = targets;
    this.#weighted = targets.filter(({ weight }) => weight > 0);
    this.#rules = rules;
    for (const { captioner } of targets) captioner.availability.onChange(this.#queue.advance);
  }

  /** Asks for one frame when it is subscribed to; unsubscribing takes the frame back and hangs up its call. */
  answer(request: CaptionRequest): Observable<Answer> {
    return new Observable((subscriber) => {
      const scheduled = this.#schedule(new RoutedFrame(request), subscriber);
      this.#queue.add(scheduled);
      return () => {
        this.#queue.delete(scheduled);
        scheduled.call?.unsubscribe();
        this.#queue.advance();
      };
    });
  }

  #schedule(frame: RoutedFrame, subscriber: Subscriber<Answer>): ScheduledFrame {
    const scheduled: ScheduledFrame = {
      frame,
      subscriber,
      deadlineMs: frame.request.deadlineMs,
      ready: (nowMs) => this.#ready(scheduled, nowMs),
      expire: () => subscriber.error(tooLate(frame)),
    };
    return scheduled;
  }

  #ready(scheduled: ScheduledFrame, nowMs: number): (() => void) | number {
    const { frame, subscriber } = scheduled;
    if (frame.notBeforeMs > nowMs) return frame.notBeforeMs;
    const choice = chooseTarget(frame, this.#weighted, this.#rules, nowMs);
    if (typeof choice === 'number') return choice;
    return choice ? () => this.#call(scheduled, choice) : () => subscriber.error(this.#exhausted(frame));
  }

  #call(scheduled: ScheduledFrame, target: RouteTarget): void {
    const { frame, subscriber } = scheduled;
    // Deferred, so that a captioner that throws fails its frame alone.
    scheduled.call = defer(() => target.captioner(frame.request)).subscribe({
      next: (answer) => subscriber.next(answer),
      complete: () => subscriber.complete(),
      error: (error: unknown) => {
        scheduled.call = undefined;
        this.#fail(scheduled, target, error);
      },
    });
  }

  #fail(scheduled: ScheduledFrame, target: RouteTarget, error: unknown): void {
    const { frame, subscriber } = scheduled;
    const next = afterFailure(frame, target, error, this.#rules, performance.now());
    if (next === 'waits') this.#queue.addReturned(scheduled);
    else subscriber.error(next === 'exhausted' ? this.#exhausted(frame) : next.error);
  }

  #exhausted(frame: RoutedFrame): unknown {
    return exhausted(
      frame,
      this.#targets.map(({ name }) => name),
    );
  }
}
