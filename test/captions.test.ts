import { NEVER, type Observable, map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { captions } from '../src/captions.ts';
import type { Source } from '../src/consume/source.ts';
import { definePipeline } from '../src/definePipeline.ts';
import { PipelineError } from '../src/errors.ts';
import type { GateOptions } from '../src/stage/gate.ts';
import { makeGate } from '../src/stage/makeGate.ts';
import { rejectTo } from '../src/stage/rejectTo.ts';
import { onThisThread } from '../src/threads/onThisThread.ts';
import { packetsOf, smallPipeline, tenEvents } from './parts.ts';
import { marblesOfPromises, sleep } from './stage/marbles.ts';

/** A source with a packet every ten milliseconds, each of which ends one window. It ends with the window that is open then. */
function pacedSource(packets: number): Source & { readonly log: string[] } {
  const source = packetsOf(Array.from({ length: packets }, (_, index) => tenEvents(index)));
  const log: string[] = [];
  return {
    name: 'paced',
    log,
    async *packets(signal) {
      signal.addEventListener('abort', () => log.push(`ended at ${performance.now()}`));
      for await (const packet of source.packets(signal)) {
        log.push(`packet at ${performance.now()}`);
        yield packet;
        await sleep(10);
      }
    },
  };
}

type Says = Parameters<typeof smallPipeline>[1];

/** The records of a small pipeline, by the number of their window; the window that is open at the end is quiet. */
function rig(packets: number, says: Says, gateOptions: GateOptions = {}) {
  const { options, deadLetters } = smallPipeline([], says);
  const source = pacedSource(packets);
  const pipeline = definePipeline({ ...options, source });
  const gate = makeGate(gateOptions);
  const context = { gate, reject: rejectTo(pipeline.deadLetters, gate) };
  const records = (stop: Observable<unknown> = NEVER): Observable<string> =>
    captions(pipeline, onThisThread(pipeline, context), context, stop).pipe(map(({ startUs, status }) => `${startUs / 10_000} ${status}`));
  return { records, source, deadLetters };
}

const after = (ms: number): Observable<string> => timer(ms).pipe(map(() => 'A dot moves.'));
const values = { a: '0 captioned', b: '1 captioned', c: '2 captioned', q: '2 quiet', r: '3 quiet' };

describe('captions', () => {
  it('emits a record when the caption of its window is safe in the sink, and at the end the window that was open', () =>
    marblesOfPromises(({ expectObservable }) => {
      const { records } = rig(3, () => after(6));
      //                                0         10        20        30
      expectObservable(records()).toBe('------a---------b---------c---(r|)', values);
    }));

  it('lets a quick caption overtake a slow one, and a window that fails leave by `reject`', async () => {
    const refused = new PipelineError('PROVIDER_REFUSED', 'no');
    const { records, deadLetters } = rig(3, ({ window: { start } }) => {
      if (start === 20_000) throw refused;
      return after(start === 0 ? 15 : 2);
    });
    await marblesOfPromises(({ expectObservable }) => {
      //                                0         10        20        30
      expectObservable(records()).toBe('------------b--a--------------(r|)', values);
    });
    expect(deadLetters.values).toMatchObject([{ stage: 'interpret', code: 'PROVIDER_REFUSED', start: 20_000 }]);
  });

  it('ends the source when it is stopped: windows on their way arrive, the open one is left for the next run', async () => {
    const { records, source } = rig(9, () => after(6));
    await marblesOfPromises(({ hot, expectObservable }) => {
      const stop = '                             ------------s';
      expectObservable(records(hot(stop))).toBe('------a---------(b|)', values);
    });
    expect(source.log).toEqual(['packet at 0', 'packet at 10', 'ended at 12']);
  });

  it('hangs up on the calls under way when it is unsubscribed', async () => {
    let source: (Source & { readonly log: string[] }) | undefined;
    await marblesOfPromises(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold('---------------x');
      const flow = rig(9, () => call);
      ({ source } = flow);
      expectObservable(flow.records(), '^-----------!').toBe('-------------');
      expectSubscriptions(call.subscriptions).toBe(['^-----------!', '----------^-!']);
    });
    expect(source!.log.at(-1)).toBe('ended at 12');
  });

  it('asks the source for a packet only while the gate is open, so that calls that take long do not pile up', async () => {
    const { records, source } = rig(3, () => after(15), { windows: 1 });
    await marblesOfPromises(({ expectObservable }) => {
      //                                0         10        20        30        40        50        60        70        80
      expectObservable(records()).toBe('---------------a------------------------b------------------------c---------(r|)', values);
    });
    expect(source.log).toEqual(['packet at 0', 'packet at 25', 'packet at 50', 'ended at 75']);
  });
});
