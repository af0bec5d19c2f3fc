import { Observable, type Subscription, defer } from 'rxjs';
import { PipelineError } from '../../errors.ts';
import type { Availability } from '../availability.ts';
import type { Answer } from '../caption.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { keysRejected } from './keysRejected.ts';
import { type QueueEntry, WaitingQueue } from './waitingQueue.ts';

/**
 * Makes the waiting room of one captioner: a call starts now if the captioner is available, else in turn when it is. Errors
 * with DEADLINE_PASSED where the request's deadline passes first, and with KEYS_REJECTED where waiting is of no use.
 */
export function waitUntilAvailable(
  name: string,
  availability: Availability,
): (request: CaptionRequest, call: () => Observable<Answer>) => Observable<Answer> {
  const queue = new WaitingQueue();
  availability.onChange(queue.advance);

  return (request, call) =>
    new Observable((subscriber) => {
      let subscription: Subscription | undefined;
      const entry: QueueEntry = {
        deadlineMs: request.deadlineMs,
        ready(nowMs) {
          if (availability.backAt(nowMs) === Infinity) return () => subscriber.error(keysRejected(name));
          const at = availability.readyAt(request, nowMs);
          return at > nowMs ? at : start;
        },
        expire: () =>
          subscriber.error(new PipelineError('DEADLINE_PASSED', `the caption would come too late: ${name} was not free in time`)),
      };
      const start = (): void => {
        subscription = defer(call).subscribe(subscriber);
      };
      queue.add(entry);
      return () => {
        queue.delete(entry);
        subscription?.unsubscribe();
      };
    });
}
