import { type EventBatch, copyEvents } from '../../decode/events.ts';
import type { Gate } from '../../stage/gate.ts';
import { report } from '../../stage/report.ts';
import type { ResumePoint, Session } from '../../stage/session.ts';
import { splitAck } from '../../stage/splitAck.ts';
import { type StateOptions, stateDefaults } from '../../stage/stateOptions.ts';
import type { Reject } from '../../stage/reject.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';
import type { Filter, FilterRun } from '../filter.ts';
import { idleClock } from './idleClock.ts';
import { rejectLate } from './rejectLate.ts';
import type { Cutter, CutterOutput } from './sensorSessions.ts';
import type { WindowAssigner } from './windowAssigner.ts';
import { windowId } from './windowId.ts';
import type { Windowing } from './windowing.ts';

export interface CutOptions {
  /** What happens to events before they are cut, in this order. @default none */
  filters?: readonly Filter[];
  /** How far back before its start a window carries events, in microseconds: the `horizonUs` of its renderer. @default 0 */
  horizonUs?: number;
  /** The idle clock stands still while this gate is shut: the sensor is not silent when it is Saccade that does not read. @default never shut */
  gate?: Pick<Gate, 'shut'> | undefined;
  /** Takes events that came after their window was closed. @default they are counted and dropped */
  reject?: Reject | undefined;
  /** What windows may hold, one and all sensors together. @default see StateOptions */
  state?: StateOptions;
}

/** What a filter with a memory keeps of each pixel, in bytes: most of them a time. */
const PIXEL_BYTES = 8;

/**
 * Filters the batches of one session of one sensor and cuts them into windows of sensor time. Plain functions: there may be thousands of
 * sensors.
 *
 * @param after the last finished window, where the session went on before
 */
export function cut(
  windowing: Windowing,
  { filters = [], horizonUs = 0, gate, reject, state }: CutOptions,
  { after, idleAt = [] }: Pick<Session, 'after' | 'idleAt'>,
  { next, fail }: CutterOutput,
): Cutter<EventBatch, ResumePoint | undefined> {
  const assigner = windowing.start({
    horizonUs,
    memoryUs: memoryOf(filters),
    after,
    windowEvents: state?.windowEvents ?? stateDefaults.windowEvents,
  });
  const runs = filters.map((filter) => filter.start());
  const remembering = filters.filter(({ memoryUs = 0 }) => memoryUs > 0).length;
  let last = after;
  let readTo = 0;
  let idleCloses = 0;
  let filterBytes = 0;

  const emit = (windows: readonly EventWindow[]): void => {
    for (const closed of windows) {
      const window = { ...closed, id: windowId(closed), ...(horizonUs > 0 && { horizonUs }) };
      last = { start: window.start, end: window.end, offset: window.position.end };
      report('stage', () => ({ stage: 'cut', sensor: window.sensor, ms: 0, item: window, out: window }));
      next(window);
    }
  };
  const emitIdle = (windows: readonly EventWindow[], at: number): void => emit(windows.map((window) => ({ ...window, idleAt: at })));
  const closeIdle = (elapsedMs: number, at: number): void => emitIdle(assigner.idle?.(elapsedMs) ?? [], at);
  const guarded =
    <Args extends readonly unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        work(...args);
      } catch (error) {
        fail(error);
      }
    };
  const idle = idleClock(
    windowing.idleAfterMs,
    gate,
    guarded((elapsedMs) => closeIdle(elapsedMs, readTo)),
  );
  const dropLate = (batch: EventBatch, late: readonly EventSlice[]): void => {
    if (reject) rejectLate(reject, batch, batch, late).catch(fail);
    else batch.ack();
  };

  return {
    push: guarded((whole) => {
      idle.restart();
      // A replay closes windows where an idle timeout, which is wall-clock time, closed them in the run before.
      while ((idleAt[idleCloses] ?? Infinity) <= whole.position.first) closeIdle(Infinity, idleAt[idleCloses++]!);
      readTo = whole.position.end;
      filterBytes = remembering * whole.width * whole.height * PIXEL_BYTES;
      const { share, close } = splitAck(whole.ack);
      const batch = { ...whole, ack: share() };
      const windows = assigner.push(filtered(batch, runs));
      const late = assigner.takeLate();
      // Before the windows: a commit of a window that ends in this packet commits the packet's late events too.
      if (late.length > 0) dropLate({ ...batch, ack: share() }, late);
      close();
      emit(windows);
      report('cut', () => ({ sensor: batch.sensor, counters: droppedBy(assigner, filters, runs) }));
    }),
    rest(rested) {
      idle.stop();
      guarded(() => emitIdle(assigner.rest?.() ?? assigner.flush().map((window) => ({ ...window, closedBy: 'idle' })), readTo))();
      rested();
      return last;
    },
    end(ended) {
      idle.stop();
      guarded(() => emit(assigner.flush()))();
      ended();
    },
    drop: idle.stop,
    get heldBytes() {
      return (assigner.heldBytes ?? 0) + filterBytes;
    },
  };
}

/** Each filter sees what the one before it has left. */
const memoryOf = (filters: readonly Filter[]): number => filters.reduce((sum, { memoryUs = 0 }) => sum + memoryUs, 0);

function droppedBy({ late }: WindowAssigner, filters: readonly Filter[], runs: readonly FilterRun[]): Record<string, number> {
  const counters: Record<string, number> = { late };
  for (const [i, { name }] of filters.entries()) counters[name] = (counters[name] ?? 0) + (runs[i]?.dropped ?? 0);
  return counters;
}

function filtered(batch: EventBatch, runs: readonly FilterRun[]): EventBatch {
  let events = batch.events;
  for (const run of runs) events = run.push(events, batch.width, batch.height);
  // Windows keep the events, and a filter writes its next ones over them.
  return events === batch.events ? batch : { ...batch, events: copyEvents(events) };
}
