import { Observable, type OperatorFunction } from 'rxjs';
import { type EventBatch, copyEvents } from '../../decode/events.ts';
import type { Gate } from '../../stage/gate.ts';
import { errorInto } from '../../stage/errorInto.ts';
import { report } from '../../stage/report.ts';
import type { Session } from '../../stage/session.ts';
import { splitAck } from '../../stage/splitAck.ts';
import type { Reject } from '../../stage/reject.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';
import type { Filter, FilterRun } from '../filter.ts';
import { rejectLate } from './rejectLate.ts';
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
}

/**
 * Filters the batches of one session of one sensor and cuts them into windows of sensor time. What is open at the end of
 * the input is closed as it is; what is open when it is unsubscribed is left alone, so that a later run cuts it whole.
 */
export const cut =
  (
    windowing: Windowing,
    { filters = [], horizonUs = 0, gate, reject }: CutOptions = {},
    { after, idleAt = [] }: Pick<Session, 'after' | 'idleAt'> = {},
  ): OperatorFunction<EventBatch, EventWindow> =>
  (batches) =>
    new Observable((subscriber) => {
      const assigner = windowing.start({ horizonUs, memoryUs: memoryOf(filters), after });
      const runs = filters.map((filter) => filter.start());
      const emit = (windows: readonly EventWindow[]): void => {
        for (const closed of windows) {
          const window = { ...closed, id: windowId(closed), ...(horizonUs > 0 && { horizonUs }) };
          report('stage', () => ({ stage: 'cut', sensor: window.sensor, ms: 0, item: window, out: window }));
          subscriber.next(window);
        }
      };
      const closeIdle = (elapsedMs: number, at: number): void =>
        emit((assigner.idle?.(elapsedMs) ?? []).map((window) => ({ ...window, idleAt: at })));
      let readTo = 0;
      let idleCloses = 0;
      const onIdle = errorInto(subscriber, (elapsedMs: number) => closeIdle(elapsedMs, readTo));
      const idle = idleClock(windowing.idleAfterMs, gate, onIdle);
      subscriber.add(idle.stop);
      const dropLate = (batch: EventBatch, late: readonly EventSlice[]): void => {
        if (reject) rejectLate(reject, batch, batch, late).catch((error: unknown) => subscriber.error(error));
        else batch.ack();
      };
      subscriber.add(
        batches.subscribe({
          next: errorInto(subscriber, (whole) => {
            idle.restart();
            // A replay closes windows where an idle timeout, which is wall-clock time, closed them in the run before.
            while ((idleAt[idleCloses] ?? Infinity) <= whole.position.first) closeIdle(Infinity, idleAt[idleCloses++]!);
            readTo = whole.position.end;
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
          error: (error) => subscriber.error(error),
          complete: errorInto(subscriber, () => {
            idle.stop();
            emit(assigner.flush());
            subscriber.complete();
          }),
        }),
      );
    });

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

/** Calls `onIdle` when no batch came for `afterMs`, and again after each further `afterMs`. */
function idleClock(
  afterMs: number | undefined,
  gate: Pick<Gate, 'shut'> | undefined,
  onIdle: (elapsedMs: number) => void,
): { restart: () => void; stop: () => void } {
  if (afterMs === undefined) return { restart: () => {}, stop: () => {} };
  let timer: NodeJS.Timeout | undefined;
  let elapsedMs = 0;
  const stop = (): void => clearInterval(timer);
  return {
    stop,
    restart() {
      stop();
      elapsedMs = 0;
      timer = setInterval(() => {
        if (gate?.shut) return;
        elapsedMs += afterMs;
        onIdle(elapsedMs);
      }, afterMs);
    },
  };
}
