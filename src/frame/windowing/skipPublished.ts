import { EMPTY, type Observable, type OperatorFunction, concatMap, from, mergeMap, of } from 'rxjs';
import { report } from '../../stage/report.ts';
import type { EventWindow } from '../eventWindow.ts';
import { type FormerId, placeId } from './placeId.ts';
import { windowId } from './windowId.ts';

/**
 * Drops windows whose records an earlier run has published: they are acked, and not drawn again. Windows keep their order;
 * those behind one that is being looked for wait, so that what comes in must be bounded before (a gate).
 *
 * @param isPublished by the id of a window, or by what version 0.1.0 knew it by
 */
export const skipPublished = (
  isPublished: ((id: string, former: FormerId) => boolean | Promise<boolean>) | undefined,
): OperatorFunction<EventWindow, EventWindow> =>
  concatMap((window) => {
    const found = isPublished?.(windowId(window), { place: placeId(window), endUs: window.end }) ?? false;
    return typeof found === 'boolean' ? unless(found, window) : from(found).pipe(mergeMap((isDone) => unless(isDone, window)));
  });

function unless(isDone: boolean, window: EventWindow): Observable<EventWindow> {
  if (!isDone) return of(window);
  report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
  window.ack();
  return EMPTY;
}
