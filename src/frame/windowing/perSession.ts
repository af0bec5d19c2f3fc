import { Observable, type OperatorFunction } from 'rxjs';
import { errorInto } from '../../stage/errorInto.ts';
import { subscribeWithin } from '../../stage/subscribeWithin.ts';
import type { EventWindow } from '../eventWindow.ts';
import { type InSession, type SensorSessionsOptions, sensorSessions } from './sensorSessions.ts';

/** Cuts the input of each session of each sensor into windows. It completes when the last one has ended. */
export const perSession =
  <In extends InSession, Resume>(options: Omit<SensorSessionsOptions<In, Resume>, 'next' | 'fail'>): OperatorFunction<In, EventWindow> =>
  (items) =>
    new Observable((subscriber) => {
      const sessions = sensorSessions<In, Resume>({
        ...options,
        next: errorInto(subscriber, (window) => subscriber.next(window)),
        fail: (error) => subscriber.error(error),
      });
      subscriber.add(sessions.stop);
      subscribeWithin(subscriber, items, {
        next: errorInto(subscriber, sessions.push),
        complete: errorInto(subscriber, () => sessions.endAll(() => subscriber.complete())),
      });
    });
