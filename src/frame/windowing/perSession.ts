import { Observable, type OperatorFunction, Subject, type Subscription } from 'rxjs';
import { errorInto } from '../../stage/errorInto.ts';
import { report } from '../../stage/report.ts';
import type { Session } from '../../stage/session.ts';
import type { EventWindow } from '../eventWindow.ts';

/** Packets, or batches of events: what belongs to a session. */
interface InSession {
  readonly session?: Session | undefined;
}

/**
 * Cuts the input of one sensor into windows, session by session: where a source goes back, the state of the sensor is
 * dropped together with its open windows. Windows that were finished in an earlier run are acked and not passed on.
 *
 * @param cutSession cuts the input of one session
 */
export const perSession =
  <In extends InSession>(
    cutSession: (input: Observable<In>, session: Session | undefined) => Observable<EventWindow>,
  ): OperatorFunction<In, EventWindow> =>
  (items) =>
    new Observable((subscriber) => {
      let current: { readonly session: Session | undefined; readonly input: Subject<In>; readonly cutting: Subscription } | undefined;
      let isOver = false;

      const begin = (session: Session | undefined): NonNullable<typeof current> => {
        current?.cutting.unsubscribe();
        const input = new Subject<In>();
        const cutting = cutSession(input, session).subscribe({
          next: errorInto(subscriber, (window) => {
            if (!session) subscriber.next(window);
            else if (session.register(window)) subscriber.next(finishing(window, session));
            else {
              report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
              window.ack();
            }
          }),
          error: (error) => subscriber.error(error),
          complete: () => isOver && subscriber.complete(),
        });
        cutting.add(session?.lifetime.over.subscribe(() => drop(cutting)));
        return { session, input, cutting };
      };

      /** The session was lost. Where the input is complete, its last windows were still being cut. */
      const drop = (cutting: Subscription): void => {
        cutting.unsubscribe();
        if (current?.cutting === cutting) current = undefined;
        if (isOver) subscriber.complete();
      };

      subscriber.add(
        items.subscribe({
          next: (item) => {
            if (item.session?.lifetime.isOver) return;
            if (!current || current.session !== item.session) current = begin(item.session);
            current.input.next(item);
          },
          error: (error) => subscriber.error(error),
          complete: () => {
            isOver = true;
            if (current && !current.cutting.closed) current.input.complete();
            else subscriber.complete();
          },
        }),
      );
      subscriber.add(() => current?.cutting.unsubscribe());
    });

/** The source is told that a window is finished before the acks of its packets move the position that it commits. */
const finishing = (window: EventWindow, session: Session): EventWindow => ({
  ...window,
  ack: () => {
    session.finish(window);
    window.ack();
  },
});
