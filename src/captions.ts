import { type Observable, takeUntil } from 'rxjs';
import { consume } from './consume/consume.ts';
import type { Pipeline } from './definePipeline.ts';
import type { EventWindow } from './frame/eventWindow.ts';
import { skipPublished } from './frame/windowing/skipPublished.ts';
import { interpret } from './interpret/interpret.ts';
import { payOnce } from './interpret/payOnce.ts';
import { normalise } from './normalise/normalise.ts';
import { rewriteWith } from './normalise/rewriteWith.ts';
import type { CaptionRecord } from './publish/captionRecord.ts';
import { publish } from './publish/publish.ts';
import type { EventStages, StageContext } from './threads/eventStages.ts';

/**
 * The whole dataflow of a pipeline: an Observable of the records that are safe in the sink.
 *
 *   packets -> events -> windows -> frames -> captions -> records
 *
 * An item that fails leaves the flow through `reject`. What this errors with is therefore always a fault of the pipeline
 * itself, such as a sink that is gone. The parts must be open: `runPipeline` and `observePipeline` see to that.
 *
 * @param stages decode, windows and render, on this thread or in workers
 * @param stop ends the reading: windows on their way arrive, open windows are left for the next run
 */
export const captions = <Decoded>(
  pipeline: Pipeline,
  { decode, windows, render, ready }: EventStages<Decoded>,
  { gate, reject }: StageContext,
  stop: Observable<unknown>,
): Observable<CaptionRecord> => {
  const { name, configHash, source, ledger, prompt, maxDelayMs, rewriter, sink, frames } = pipeline;
  const captioner = payOnce(ledger, pipeline.captioner);
  const share = source.share && (() => source.share!());
  const rewrite = rewriter && rewriteWith(payOnce(ledger, rewriter), pipeline.normalise, share);

  return consume(source, { ready }).pipe(
    decode,
    windows,
    takeUntil(stop),
    // Before the sink is asked: it may have to read a large output, and what waits for it is counted.
    gate.enter(bytesOf),
    skipPublished(sink.has && ((id, former) => sink.has!(id, former))),
    render,
    interpret({ captioner, prompt, maxDelayMs, share, reject }),
    normalise(pipeline.normalise, { rewrite, reject }),
    publish(sink, { frames, facts: { pipeline: name, configHash }, reject }),
  );
};

/** What the events of a window hold: columns t (8 bytes), x (2), y (2) and p (1). */
const bytesOf = ({ count }: EventWindow): number => count * 13;
