import { Observable, ignoreElements, lastValueFrom, merge, takeUntil, tap } from 'rxjs';
import { captions } from './captions.ts';
import type { Pipeline } from './definePipeline.ts';
import { egressOf } from './egressOf.ts';
import { messageOf } from './errors.ts';
import { guardEgress } from './guardEgress.ts';
import { moveAside } from './publish/moveAside.ts';
import type { CaptionRecord } from './publish/captionRecord.ts';
import type { Configuration } from './publish/configuration.ts';
import { otherConfiguration } from './publish/otherConfiguration.ts';
import { aborted } from './stage/aborted.ts';
import { makeGate } from './stage/makeGate.ts';
import { haltOnFatal } from './stage/haltOnFatal.ts';
import { rejectTo } from './stage/rejectTo.ts';
import { report } from './stage/report.ts';
import { trackRejections } from './stage/trackRejections.ts';
import type { EventStages, StageContext } from './threads/eventStages.ts';
import { inWorkers } from './threads/inWorkers.ts';
import { onThisThread } from './threads/onThisThread.ts';

export interface RunOptions {
  /**
   * What becomes of an output that has records of other configurations. `refuse`: where it has no others, nothing is touched, and the run
   * ends with CONFIG_INVALID, which says what differs. `add`: windows that are in it stay as they are, others are added. `replace`: the files
   * and folders of all outputs are moved aside, to names that say when, and new ones are begun. @default 'refuse'
   */
  otherRecords?: 'refuse' | 'add' | 'replace';
}

/**
 * Runs a pipeline until its source ends, or until `stop` aborts and what is on its way has arrived.
 * Rejects with a fault of the pipeline itself, such as a sink that is gone or a budget that is spent.
 */
export const runPipeline = async (pipeline: Pipeline, stop: AbortSignal, options?: RunOptions): Promise<void> => {
  await lastValueFrom(observePipeline(pipeline, stop, options).pipe(ignoreElements()), { defaultValue: undefined });
};

/**
 * The same as an Observable of the records, each emitted when it is safe in the sink. Subscribing opens the parts and
 * runs; it completes or errors when every part is closed. Unsubscribing ends the run at once: calls are hung up, and
 * what is not safe yet is not acked.
 */
export const observePipeline = (pipeline: Pipeline, stop: AbortSignal = never, options: RunOptions = {}): Observable<CaptionRecord> =>
  new Observable((subscriber) => {
    const hangUp = new AbortController();
    const see = (record: CaptionRecord): void => subscriber.next(record);
    run(pipeline, options, { stop, see, hangUp: hangUp.signal }).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => hangUp.abort();
  });

const never = new AbortController().signal;

/** What a run hears, and who hears of it. */
interface Watch {
  readonly stop: AbortSignal;
  readonly see: (record: CaptionRecord) => void;
  readonly hangUp: AbortSignal;
}

/** Opens the parts, lets the captions flow, and closes the parts whatever happened. The run's own error goes before one of closing. */
async function run(pipeline: Pipeline, options: RunOptions, { stop, see, hangUp }: Watch): Promise<void> {
  const gate = makeGate(pipeline.gate);
  const rejections = trackRejections(rejectTo(pipeline.deadLetters, gate, pipeline.late));
  const halt = haltOnFatal(rejections.reject);
  const { records, close } = flowOf(pipeline, { gate, reject: halt.reject }, merge(aborted(stop), halt.halted));
  const work = async (): Promise<void> => {
    await openParts(pipeline, options, hangUp);
    if (hangUp.aborted) return;
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

/** What is in the output already is looked at before anything is opened, so that a run that is refused touches nothing. */
async function openParts(
  { configuration, ...pipeline }: Pipeline,
  { otherRecords = 'refuse' }: RunOptions,
  hangUp: AbortSignal,
): Promise<void> {
  const { ledger, frames, sink, deadLetters, late } = pipeline;
  const refusal = otherRecords === 'refuse' ? await otherConfiguration(sink, configuration) : undefined;
  if (refusal) throw refusal;
  // The captions last: they say, should the run end here, that there is still something to move.
  if (otherRecords === 'replace' && (await hasOthers(sink, configuration)))
    await moveAside([deadLetters, late, frames, sink].flatMap((part) => part?.files ?? []));
  for (const part of new Set([ledger, frames, sink, deadLetters, late])) {
    if (hangUp.aborted) return;
    await (part === sink ? sink.open?.(configuration) : part?.open?.());
  }
}

const hasOthers = async (sink: Pipeline['sink'], own: Configuration): Promise<boolean> =>
  ((await sink.configurations?.(own)) ?? []).some(({ hash }) => hash !== own.hash);

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
