import { Observable, type OperatorFunction } from 'rxjs';
import { type EventBatch, copyEvents } from '../../decode/events.ts';
import { report } from '../../stage/report.ts';
import type { Gate } from '../../stage/gate.ts';
import { splitAck } from '../../stage/splitAck.ts';
import type { Reject } from '../../stage/reject.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';
import type { Filter, FilterRun } from '../filter.ts';
import { rejectLate } from './rejectLate.ts';
import type { AssignerOptions, WindowAssigner } from './windowAssigner.ts';
import type { Windowing } from './windowing.ts';

export interface CutStageOptions {
  readonly windowing: Windowing;
  readonly filters: readonly Filter[];
  /** The renderer's horizon in microseconds. */
  readonly horizonUs: number;
  /** The last window that was done before this stretch of packets. */
  readonly after?: AssignerOptions['after'] | undefined;
  /** Where silence ended windows in the run before, ascending. */
  readonly idleAt?: readonly number[] | undefined;
  /** The idle clock stands still while the gate is shut: silence that we made ourselves is not the sensor's. */
  readonly gate: Pick<Gate, 'shut'>;
  /** Aborted when the run is asked to end before its source does. */
  readonly stop: AbortSignal;
}

/**
 * Filters the batches of one sensor and cuts them into windows of sensor time. What is open at the end of
 * the source is closed as it is; what is open when the run is stopped is left alone, so that the next run cuts it whole.
 */
export const cut =
  (
    { windowing, filters, horizonUs, after, idleAt = [], gate, stop }: CutStageOptions,
    reject: Reject,
  ): OperatorFunction<EventBatch, EventWindow> =>
  (batches) =>
    new Observable((subscriber) => {
      const assigner = windowing.start({ horizonUs, memoryUs: memoryOf(filters), after });
      const runs = filters.map((filter) => filter.start());
      const emit = (windows: readonly EventWindow[]): void => {
        for (const window of windows) {
          report('stage', () => ({ stage: 'cut', sensor: window.sensor, ms: 0, item: window, out: window }));
          subscriber.next(window);
        }
      };
      const silence = (elapsedMs: number, at: number): void =>
        emit((assigner.idle?.(elapsedMs) ?? []).map((window) => ({ ...window, idleAt: at })));
      let readTo = 0;
      let silences = 0;
      const idle = idleClock(windowing.idleAfterMs, gate, (elapsedMs) => silence(elapsedMs, readTo));
      subscriber.add(idle.stop);
      const giveUp = (batch: EventBatch, late: readonly EventSlice[]): void =>
        void rejectLate(reject, batch, batch, late).catch((error: unknown) => subscriber.error(error));
      subscriber.add(
        batches.subscribe({
          next: (whole) => {
            idle.restart();
            // What the wall clock decided once is decided the same way again.
            while ((idleAt[silences] ?? Infinity) <= whole.position.first) silence(Infinity, idleAt[silences++]!);
            readTo = whole.position.end;
            const { share, close } = splitAck(whole.ack);
            const batch = { ...whole, ack: share() };
            const windows = assigner.push(filtered(batch, runs));
            const late = assigner.takeLate();
            // Before the windows: whoever commits a window that ends in this packet has committed what was late in it.
            if (late.length > 0) giveUp({ ...batch, ack: share() }, late);
            close();
            emit(windows);
            report('cut', () => ({ sensor: batch.sensor, counters: droppedBy(assigner, filters, runs) }));
          },
          error: (error) => subscriber.error(error),
          complete: () => {
            idle.stop();
            if (!stop.aborted) emit(assigner.flush());
            subscriber.complete();
          },
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

/** Tells how long no batch came, once `afterMs` have passed, and again after each further `afterMs`. */
function idleClock(
  afterMs: number | undefined,
  gate: Pick<Gate, 'shut'>,
  tell: (elapsedMs: number) => void,
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
        if (gate.shut) return;
        elapsedMs += afterMs;
        tell(elapsedMs);
      }, afterMs);
    },
  };
}
