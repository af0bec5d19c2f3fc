import type { OperatorFunction } from 'rxjs';
import type { EventBatch } from '../../decode/events.ts';
import type { ResumePoint } from '../../stage/session.ts';
import type { EventWindow } from '../eventWindow.ts';
import { type CutOptions, cut } from './cut.ts';
import { perSession } from './perSession.ts';
import type { Windowing } from './windowing.ts';

/**
 * Cuts batches of events into windows of sensor time. Each session of a sensor has its own windows. What is open when the
 * input completes is closed as it is; what is open when it is unsubscribed is left alone, unacked, so that a later run
 * cuts it whole: put `takeUntil` behind this operator to stop, not before it.
 */
export const windows = (windowing: Windowing, options: CutOptions = {}): OperatorFunction<EventBatch, EventWindow> =>
  perSession<EventBatch, ResumePoint | undefined>({
    begin: (session, output, after = session?.after) => cut(windowing, options, { idleAt: session?.idleAt, after }, output),
    state: options.state,
  });
