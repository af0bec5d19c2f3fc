import { Observable, ignoreElements, lastValueFrom, merge, takeUntil, tap } from 'rxjs';
import { captions } from './captions.ts';
import type { Pipeline } from './definePipeline.ts';
import { egressOf } from './egressOf.ts';
import { messageOf } from './errors.ts';
import { guardEgress } from './guardEgress.ts';
import type { CaptionRecord } from './publish/captionRecord.ts';
import { aborted } from './stage/aborted.ts';
import { makeGate } from './stage/makeGate.ts';
import { haltOnFatal } from './stage/haltOnFatal.ts';
import { rejectTo } from './stage/rejectTo.ts';
import { report } from './stage/report.ts';
import { trackRejections } from './stage/trackRejections.ts';
import type { EventStages, StageContext } from './threads/eventStages.ts';
import { inWorkers } from './threads/inWorkers.ts';
import { onThisThread } from './threads/onThisThread.ts';

/**
 * Runs a pipeline until its source ends, or until `stop` aborts and what is on its way has arrived.
 * Rejects with a fault of the pipeline itself, such as a sink that is gone or a budget that is spent.
 */
export const runPipeline = async (pipeline: Pipeline, stop: AbortSignal): Promise<void> => {
  await lastValueFrom(observePipeline(pipeline, stop).pipe(ignoreElements()), { defaultValue: undefined });
};

/**
 * The same as an Observable of the records, each emitted when it is safe in the sink. Subscribing opens the parts and
 * runs; it completes or errors when every part is closed. Unsubscribing ends the run at once: calls are hung up, and
 * what is not safe yet is not acked.
 */
export const observePipeline = (pipeline: Pipeline, stop: AbortSignal = never): Observable<CaptionRecord> =>
  new Observable((subscriber) => {
    const hangUp = new AbortController();
    const see = (record: CaptionRecord): void => subscriber.next(record);
    run(pipeline, stop, see, hangUp.signal).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => hangUp.abort();
  });

const never = new AbortController().signal;

/** Opens the parts, lets the captions flow, and closes the parts whatever happened. The run's own error goes before one of closing. */
async function run(pipeline: Pipeline, stop: AbortSignal, see: (record: CaptionRecord) => void, hangUp: AbortSignal): Promise<void> {
  const gate = makeGate(pipeline.gate);
  const rejections = trackRejections(rejectTo(pipeline.deadLetters, gate, pipeline.late));
  const halt = haltOnFatal(rejections.reject);
  const { records, close } = flowOf(pipeline, { gate, reject: halt.reject }, merge(aborted(stop), halt.halted));
  const work = async (): Promise<void> => {
    const { ledger, frames, sink, deadLetters, late } = pipeline;
    for (const part of new Set([ledger, frames, sink, deadLetters, late])) {
      if (hangUp.aborted) return;
      await part?.open?.();
    }
    await lastValueFrom(records.pipe(tap(see), takeUntil(aborted(hangUp)), ignoreElements()), { defaultValue: undefined });
    await rejections.settled();
    halt.throwIfHalted();
  };
  const endGuard = pipeline.egress && guardEgress(egressOf(pipeline.egress));
  const [outcome] = await Promise.allSettled([work()]);
  const failures = [...(await closeAll([{ name: 'stages', close }])), ...(await closeAll(partsOf(pipeline)))];
  endGuard?.();
  if (outcome.status === 'rejected') throw outcome.reason;
  if (failures.length > 0) throw failures[0];
}

/** Workers import the pipeline's module, so a pipeline that was made in code runs on this thread. */
function flowOf(
  pipeline: Pipeline,
  context: StageContext,
  stop: Observable<unknown>,
): { readonly records: Observable<CaptionRecord>; close: () => Promise<void> } {
  const flow = <Decoded>(stages: EventStages<Decoded>): ReturnType<typeof flowOf> => ({
    records: captions(pipeline, stages, context, stop),
    close: () => stages.close(),
  });
  return pipeline.workers > 0 && pipeline.module !== undefined ? flow(inWorkers(pipeline, context)) : flow(onThisThread(pipeline, context));
}

interface Closable {
  readonly name: string;
  readonly close?: (() => Promise<void>) | undefined;
}

const partsOf = ({ captioner, rewriter, sink, deadLetters, late, source, ledger }: Pipeline): ReadonlySet<Closable> =>
  new Set([
    { name: 'captioner', close: async () => captioner.close?.() },
    { name: 'rewriter', close: async () => rewriter?.close?.() },
    sink,
    deadLetters,
    late,
    source,
    ledger,
  ]);

/** Closes all of them, also where one fails; every failure is reported, since the caller can only throw one. */
async function closeAll(parts: Iterable<Closable>): Promise<unknown[]> {
  const failures: unknown[] = [];
  const closeOne = async (part: Closable): Promise<void> => {
    try {
      await part.close?.();
    } catch (error) {
      failures.push(error);
      report('close', () => ({ part: part.name, message: messageOf(error) }));
    }
  };
  await Promise.all([...parts].map(closeOne));
  return failures;
}
