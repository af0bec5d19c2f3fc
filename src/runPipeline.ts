import { type OperatorFunction, groupBy, ignoreElements, lastValueFrom, mergeMap } from 'rxjs';
import { consume } from './consume/consume.ts';
import type { Packet } from './stage/packet.ts';
import type { Pipeline } from './definePipeline.ts';
import type { Frame } from './frame/frame.ts';
import { skipPublished } from './frame/windowing/skipPublished.ts';
import { payOnce } from './interpret/payOnce.ts';
import { interpret } from './interpret/interpret.ts';
import { perSession } from './frame/windowing/perSession.ts';
import { normalise } from './normalise/normalise.ts';
import { rewriteWith } from './normalise/rewriteWith.ts';
import { publish } from './publish/publish.ts';
import { makeGate } from './stage/gate.ts';
import { haltOnFatal } from './stage/halt.ts';
import { rejectTo } from './stage/reject.ts';
import { type Drawing, type DrawingOptions, drawHere } from './threads/drawing.ts';
import { drawInWorkers } from './threads/drawInWorkers.ts';

/**
 * Runs a pipeline until its source ends, or until `asked` aborts and what is on its way has arrived:
 *
 *   packets -> events -> windows -> frames -> captions -> records
 *
 * An item that fails leaves the flow through `reject`. What this promise rejects with is therefore always a
 * fault of the pipeline itself, such as a sink that is gone or a budget that is spent.
 */
export async function runPipeline(pipeline: Pipeline, asked: AbortSignal): Promise<void> {
  const { source, prompt, maxDelayMs, ledger, sink, frames, deadLetters, late, rewriter } = pipeline;
  const gate = makeGate(pipeline.gate);
  const halt = haltOnFatal(rejectTo(deadLetters, gate, late));
  const { reject } = halt;
  const stop = AbortSignal.any([asked, halt.signal]);
  const drawing = drawingOf({ pipeline, gate, reject, stop });
  const captioner = payOnce(ledger, pipeline.captioner);

  const drawn = perSensor((packets) =>
    packets.pipe(
      perSession((cutting, session) => drawing.cut(cutting, session?.after, session?.idleAt)),
      skipPublished(sink.has),
      gate.enter(({ count }) => count * BYTES_PER_EVENT),
      drawing.render,
    ),
  );
  const records = consume(source, drawing, stop).pipe(
    drawn,
    interpret({ captioner, prompt, maxDelayMs, share: source.share }, reject),
    normalise(pipeline.normalise, reject, rewriter && rewriteWith(payOnce(ledger, rewriter), pipeline.normalise, source.share)),
    publish({ sink, frames, facts: { pipeline: pipeline.name, configHash: pipeline.configHash } }, reject),
  );

  const opened = [ledger, frames, sink, deadLetters, ...(late === deadLetters ? [] : [late])];
  try {
    for (const part of opened) await part?.open?.();
    await lastValueFrom(records.pipe(ignoreElements()), { defaultValue: undefined });
    halt.throwIfHalted();
  } finally {
    await drawing.close();
    await Promise.all([
      pipeline.captioner.close?.(),
      rewriter?.close?.(),
      sink.close?.(),
      deadLetters.close?.(),
      late === deadLetters ? undefined : late.close?.(),
      source.close?.(),
      ledger.close(),
    ]);
  }
}

/** Columns t, x, y, p. */
const BYTES_PER_EVENT = 13;

/** Each sensor has a flow of its own: decoders and windows keep state, and one sensor's gap must not hold up another. */
const perSensor =
  (flow: OperatorFunction<Packet, Frame>): OperatorFunction<Packet, Frame> =>
  (packets) =>
    packets.pipe(
      groupBy(({ sensor }) => sensor),
      mergeMap(flow),
    );

/** Workers import the pipeline's module, so a pipeline that was made in code is drawn on this thread. */
const drawingOf = (options: DrawingOptions): Drawing => {
  const { workers, module } = options.pipeline;
  return workers > 0 && module !== undefined ? drawInWorkers(module, workers, options) : drawHere(options);
};
