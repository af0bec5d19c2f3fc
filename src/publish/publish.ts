import type { OperatorFunction } from 'rxjs';
import { codeOf } from '../errors.ts';
import type { NormalisedCaption } from '../normalise/normalise.ts';
import { attempt } from '../stage/attempt.ts';
import type { Reject } from '../stage/reject.ts';
import { type CaptionRecord, type RunFacts, captionRecord } from './captionRecord.ts';
import type { FrameStore } from './frameStore.ts';
import type { Sink } from './sink.ts';

export interface PublishOptions {
  /** Where pictures are kept beside the records. @default nowhere */
  frames?: FrameStore | undefined;
  /** Name and configuration hash of the pipeline, for the records. @default 'saccade', without a hash */
  facts?: RunFacts;
  /** Takes captions that could not be published. @default the Observable errors */
  reject?: Reject | undefined;
}

/**
 * Writes each caption as a record, and acks what it was made from once the record is safe. Writes run side by
 * side, so that a sink can put many into one block or transaction; the gate bounds them.
 */
export const publish = (
  sink: Sink<CaptionRecord>,
  { frames, facts = { pipeline: 'saccade', configHash: '' }, reject }: PublishOptions = {},
): OperatorFunction<NormalisedCaption, CaptionRecord> =>
  attempt(
    'publish',
    async (caption) => {
      const { id, image } = caption.frame;
      const path = image && frames ? await frames.keep(id, image) : null;
      const record = captionRecord(caption, path, facts);
      await sink.write(record, caption.position);
      caption.ack();
      return record;
    },
    {
      reject,
      concurrency: Infinity,
      // A sink that cannot be written is a broken pipeline: what was paid for is in the ledger and waits there.
      fatal: (cause) => codeOf(cause) === 'SINK_FAILED',
      evidence: ({ frame, route, answer }) => ({
        id: frame.id,
        start: frame.window.start,
        end: frame.window.end,
        route,
        ...(answer && { payload: new TextEncoder().encode(answer.text), payloadType: 'text/plain' }),
      }),
    },
  );
