import { type Observable, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import type { NormalisedCaption } from '../../src/normalise/normalise.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { type PublishOptions, publish } from '../../src/publish/publish.ts';
import type { Sink } from '../../src/publish/sink.ts';
import type { Reject } from '../../src/stage/reject.ts';
import { marblesOfPromises, sleep } from '../stage/marbles.ts';
import { normalisedCaption } from './records.ts';

const caption = (id: string, log: string[]): NormalisedCaption => {
  const { frame, ...rest } = normalisedCaption(0);
  return { ...rest, frame: { ...frame, id }, ack: () => log.push(`ack ${id} at ${performance.now()}`) };
};
const captions = (log: string[]) => ({ a: caption('a', log), b: caption('b', log), c: caption('c', log) });

/** A sink that takes so many milliseconds until a record is safe, or fails then. */
const sinkThat = (write: Readonly<Record<string, { readonly takes: number; readonly failsWith?: Error }>>): Sink<CaptionRecord> => ({
  name: 'slow',
  async write({ id }) {
    const { takes, failsWith } = write[id]!;
    await sleep(takes);
    if (failsWith) throw failsWith;
  },
});

/** The ids of the records. */
const published = (input: Observable<NormalisedCaption>, sink: Sink<CaptionRecord>, options?: PublishOptions): Observable<string> =>
  input.pipe(
    publish(sink, options),
    map(({ id }) => id),
  );

describe('publish', () => {
  it('emits each record when it is safe, in the order of safety, and acks it before: writes run side by side', async () => {
    const log: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }) => {
      const sink = sinkThat({ a: { takes: 6 }, b: { takes: 2 }, c: { takes: 3 } });
      const records = published(cold('ab---c--|', captions(log)), sink);
      expectObservable(records.pipe(map((id) => (log.push(`record ${id}`), id)))).toBe('---b--a-(c|)');
    });
    expect(log).toEqual(['ack b at 3', 'record b', 'ack a at 6', 'record a', 'ack c at 8', 'record c']);
  });

  it('keeps the picture first: a record never names a picture that is not there', async () => {
    const log: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }) => {
      const frames = {
        name: 'slowStore',
        async keep(id: string) {
          await sleep(4);
          return `frames/${id}.png`;
        },
      };
      const sink: Sink<CaptionRecord> = {
        name: 'log',
        write: async ({ frame }) => void log.push(`write ${frame?.path} at ${performance.now()}`),
      };
      expectObservable(published(cold('a-|', captions(log)), sink, { frames })).toBe('----(a|)');
    });
    expect(log).toEqual(['write frames/a.png at 4', 'ack a at 4']);
  });

  it('lets a record that does not fit the sink leave by `reject`, and the others go on', async () => {
    const log: string[] = [];
    await marblesOfPromises(({ cold, expectObservable }, now) => {
      const misfit = new PipelineError('UNEXPECTED', 'too long');
      const sink = sinkThat({ a: { takes: 2, failsWith: misfit }, b: { takes: 5 }, c: { takes: 1 } });
      const reject: Reject = async (stage, _, cause, { id, payload }) =>
        void log.push(`${stage} ${id} ${(cause as Error).message}: ${new TextDecoder().decode(payload)} at ${now()}`);
      expectObservable(published(cold('ab--c|', captions(log)), sink, { reject })).toBe('-----c(b|)');
    });
    expect(log).toEqual(['publish a too long: The image shows a disc moving to the left. at 2', 'ack c at 5', 'ack b at 6']);
  });

  it('errors when the sink is gone: that caption is neither acked nor rejected, and a write under way is still acked once it is safe', async () => {
    const log: string[] = [];
    const gone = new PipelineError('SINK_FAILED', 'disk full');
    await marblesOfPromises(({ cold, expectObservable, expectSubscriptions }) => {
      const sink = sinkThat({ a: { takes: 1 }, b: { takes: 3, failsWith: gone }, c: { takes: 9 } });
      const input = cold('abc----', captions(log));
      const reject: Reject = async () => void log.push('rejected');
      expectObservable(published(input, sink, { reject })).toBe('-a--#', undefined, gone);
      expectSubscriptions(input.subscriptions).toBe('^---!');
    });
    expect(log).toEqual(['ack a at 1', 'ack c at 11']);
  });
});
