import { Observable, type OperatorFunction, Subject, type Subscription } from 'rxjs';
import type { Life } from './stage/session.ts';
import type { Packet } from './stage/packet.ts';
import type { EventWindow } from './frame/eventWindow.ts';
import { report } from './stage/report.ts';

/**
 * Cuts the packets of one sensor into windows, life by life: where a source goes back, what the stages remember of
 * the sensor is dropped, with the windows that are open. Windows that were done before are acked and go no further.
 *
 * @param cutOne cuts one life; `after` is the last window that was done before it, `idleAt` where silence ended windows
 */
export const lives =
  (
    cutOne: (packets: Observable<Packet>, after: Life['after'], idleAt: Life['idleAt']) => Observable<EventWindow>,
  ): OperatorFunction<Packet, EventWindow> =>
  (packets) =>
    new Observable((subscriber) => {
      let current: { readonly life: Life | undefined; readonly input: Subject<Packet>; readonly cutting: Subscription } | undefined;
      let isOver = false;

      const begin = (life: Life | undefined): NonNullable<typeof current> => {
        current?.cutting.unsubscribe();
        const input = new Subject<Packet>();
        const cutting = cutOne(input, life?.after, life?.idleAt).subscribe({
          next: (window) => {
            if (!life) subscriber.next(window);
            else if (life.begin(window)) subscriber.next(told(window, life));
            else {
              report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
              window.ack();
            }
          },
          error: (error) => subscriber.error(error),
          complete: () => isOver && subscriber.complete(),
        });
        const onLost = (): void => cutting.unsubscribe();
        life?.signal.addEventListener('abort', onLost, { once: true });
        cutting.add(() => life?.signal.removeEventListener('abort', onLost));
        return { life, input, cutting };
      };

      subscriber.add(
        packets.subscribe({
          next: (packet) => {
            if (packet.life?.signal.aborted) return;
            if (!current || current.life !== packet.life) current = begin(packet.life);
            current.input.next(packet);
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

/** The source hears of a window's end before the acks of its packets move what it commits. */
const told = (window: EventWindow, life: Life): EventWindow => ({
  ...window,
  ack: () => {
    life.done(window);
    window.ack();
  },
});
