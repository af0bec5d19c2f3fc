import { type OperatorFunction, filter } from 'rxjs';
import { report } from '../../stage/report.ts';
import type { EventWindow } from '../eventWindow.ts';
import { windowId } from './windowId.ts';

/** Lets a resumed run pass over the windows whose records are there already: they are acked, and not drawn again. */
export const skipDone = (isDone: ((id: string) => boolean) | undefined): OperatorFunction<EventWindow, EventWindow> =>
  filter((window) => {
    if (!isDone?.(windowId(window))) return true;
    report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
    window.ack();
    return false;
  });
