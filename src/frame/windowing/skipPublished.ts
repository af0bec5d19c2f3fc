import { EMPTY, type Observable, type OperatorFunction, concatMap, defer, from, mergeMap, of } from 'rxjs';
import type { Ack } from '../../stage/item.ts';
import { report } from '../../stage/report.ts';
import type { EventWindow } from '../eventWindow.ts';
import { type FormerId, placeId } from './placeId.ts';
import { windowId } from './windowId.ts';

/**
 * Drops windows that have a record already: they are acked, and not drawn again. A window that comes while the same one is on its
 * way (it was read again, or the sensor's clock was set back and it sends the same events) is dropped too, and acked with that
 * one. So a window has one record, however often the run was restarted. Windows keep their order; those behind one that is
 * being looked for wait, so that what comes in must be bounded before (a gate).
 *
 * @param isPublished by the id of a window, or by what version 0.1.0 knew it by; absent: no window is dropped
 */
export const skipPublished =
  (isPublished: ((id: string, former: FormerId) => boolean | Promise<boolean>) | undefined): OperatorFunction<EventWindow, EventWindow> =>
  (windows) =>
    isPublished ? defer(() => windows.pipe(passOnce(isPublished))) : windows;

function passOnce(isPublished: (id: string, former: FormerId) => boolean | Promise<boolean>): OperatorFunction<EventWindow, EventWindow> {
  /** By id: the acks of the same window that came again. */
  const onTheirWay = new Map<string, Ack[]>();

  const pass = (window: EventWindow, isDone: boolean): Observable<EventWindow> => {
    if (isDone) return skip(window, window.ack);
    const id = windowId(window);
    const twins: Ack[] = [];
    onTheirWay.set(id, twins);
    const ack = (): void => {
      onTheirWay.delete(id);
      for (const each of [window.ack, ...twins]) each();
    };
    return of({ ...window, ack });
  };

  return concatMap((window) => {
    const id = windowId(window);
    const twins = onTheirWay.get(id);
    if (twins) return skip(window, () => twins.push(window.ack));
    const found = isPublished(id, { place: placeId(window), endUs: window.end });
    return typeof found === 'boolean' ? pass(window, found) : from(found).pipe(mergeMap((isDone) => pass(window, isDone)));
  });
}

function skip(window: EventWindow, then: () => void): Observable<never> {
  report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
  then();
  return EMPTY;
}
