import { type OperatorFunction, filter } from 'rxjs';
import { report } from '../../stage/report.ts';
import type { EventWindow } from '../eventWindow.ts';
import { windowId } from './windowId.ts';

/** Drops windows whose records an earlier run has published: they are acked, and not drawn again. */
export const skipPublished = (isPublished: ((id: string) => boolean) | undefined): OperatorFunction<EventWindow, EventWindow> =>
  filter((window) => {
    if (!isPublished?.(windowId(window))) return true;
    report('stage', () => ({ stage: 'skip', sensor: window.sensor, ms: 0, item: window }));
    window.ack();
    return false;
  });
