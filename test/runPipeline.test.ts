import { getEventListeners } from 'node:events';
import { Observable, ignoreElements, lastValueFrom, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { definePipeline } from '../src/definePipeline.ts';
import { PipelineError } from '../src/errors.ts';
import type { CaptionRequest } from '../src/interpret/captionRequest.ts';
import type { CaptionRecord } from '../src/publish/captionRecord.ts';
import type { Packet } from '../src/stage/packet.ts';
import { memoryLedger } from '../src/interpret/ledgers/memoryLedger.ts';
import type { Format } from '../src/decode/decoder.ts';
import { makeEvents } from '../src/decode/events.ts';
import { observePipeline, runPipeline } from '../src/runPipeline.ts';
import { listen } from '../src/stage/report.ts';
import { watchSummary } from '../src/watch/watchSummary.ts';
import { packetsOf, smallPipeline, tenEvents } from './parts.ts';

const never = new AbortController().signal;
const payloads = (count: number): number[][] => Array.from({ length: count }, (_, index) => tenEvents(index));

describe('runPipeline', () => {
  it('turns packets into records, and acks every packet', async () => {
    const { options, source, sink, deadLetters } = smallPipeline(payloads(20));
    await runPipeline(definePipeline(options), never);
    expect(sink.values.length).toBe(21);
    expect(sink.values.filter(({ status }) => status === 'captioned').length).toBe(20);
    expect(sink.values[3]).toMatchObject({
      sensor: 'cam0',
      rawCaption: 'A dot moves.',
      pipeline: 'saccade',
      source: { name: 'packetsOf' },
    });
    expect(deadLetters.values).toEqual([]);
    expect(source.acked.size).toBe(20);
  });

  it('accounts for every window: captioned, quiet or dead-lettered', async () => {
    const { options, deadLetters } = smallPipeline([...payloads(10), [1], ...payloads(5)], ({ window }) => {
      if (window.start === 30_000) throw new PipelineError('PROVIDER_REFUSED', 'I would rather not');
      return 'A dot.';
    });
    const summary = watchSummary();
    await runPipeline(definePipeline(options), never);
    const { windows, captioned, quiet, deadLettered, open } = summary.read();
    summary.end();
    expect(windows).toBe(captioned + quiet + deadLettered);
    expect(deadLettered).toBe(1);
    expect(open).toBe(0);
    expect(deadLetters.values[0]).toMatchObject({
      stage: 'interpret',
      code: 'PROVIDER_REFUSED',
      message: 'I would rather not',
      start: 30_000,
      position: { source: 'packetsOf', unit: 'packet', first: expect.any(Number) },
    });
  });

  it('counts a corrupt packet, keeps its bytes, and goes on', async () => {
    const { options, sink, source, deadLetters } = smallPipeline([tenEvents(0), [0xff, 0xff, 0xff, 1], tenEvents(2)]);
    await runPipeline(definePipeline(options), never);
    expect(deadLetters.values).toHaveLength(1);
    expect(deadLetters.values[0]).toMatchObject({
      stage: 'decode',
      code: 'DECODE_MALFORMED',
      payloadType: 'bytes',
      payload: Buffer.from([0xff, 0xff, 0xff, 1]),
    });
    expect(sink.values.reduce((sum, { events }) => sum + events, 0)).toBe(20);
    expect(source.acked.size).toBe(3);
  });

  it('holds the source back while dead letters wait for a slow disk: damage does not pile up', async () => {
    const damaged = Array.from({ length: 200 }, () => [0xff, 0xff]);
    const { options, source } = smallPipeline(damaged);
    const writes: (() => void)[] = [];
    const write = (): Promise<void> => new Promise((resolve) => writes.push(resolve));
    const done = runPipeline(definePipeline({ ...options, deadLetters: { name: 'slow', write }, gate: { windows: 5 } }), never);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (let round = 0; round < 20; round++) await turn();
    expect(writes.length).toBe(5);
    expect(source.pulled()).toBeLessThanOrEqual(6);
    const ended = new AbortController();
    void done.finally(() => ended.abort());
    while (!ended.signal.aborted) {
      for (const finish of writes.splice(0)) finish();
      await turn();
    }
    expect(source.acked.size).toBe(200);
  });

  it('holds the source back by the bytes that windows hold, not by their number alone (issue 10)', async () => {
    const answers: (() => void)[] = [];
    const { options, source } = smallPipeline(payloads(100), () => new Promise((resolve) => answers.push(() => resolve('A dot.'))));
    // A window of ten events holds 130 bytes.
    const done = runPipeline(definePipeline({ ...options, gate: { windows: 1000, bytes: 4 * 130 } }), never);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (let round = 0; round < 50; round++) await turn();
    expect(source.pulled()).toBeGreaterThanOrEqual(4);
    expect(source.pulled()).toBeLessThanOrEqual(6);
    const ended = new AbortController();
    void done.finally(() => ended.abort());
    while (!ended.signal.aborted) {
      for (const answer of answers.splice(0)) answer();
      await turn();
    }
    expect(source.acked.size).toBe(100);
  });

  it('rejects a packet of an unknown encoding and names the known ones', async () => {
    const { options, deadLetters } = smallPipeline([tenEvents(0)]);
    const other = { ...options.formats![0]!, name: 'other' };
    await runPipeline(definePipeline({ ...options, formats: [other] }), never);
    expect(deadLetters.values[0]!.message).toMatch(/encoding 'bytes'.*decodes other/);
  });

  it('pays once: a second run with the same ledger asks nobody and writes the same captions', async () => {
    const ledger = memoryLedger();
    const first = smallPipeline(payloads(10), ({ id }) => `Dot ${id}.`);
    await runPipeline(definePipeline({ ...first.options, ledger }), never);
    const second = smallPipeline(payloads(10), () => 'Never said.');
    await runPipeline(definePipeline({ ...second.options, ledger }), never);
    expect(first.captioner.calls()).toBeGreaterThan(0);
    expect(second.captioner.calls()).toBe(0);
    const said = ({ sink }: typeof first): (string | null)[] =>
      sink.values.map(({ rawCaption }) => rawCaption).toSorted((a, b) => `${a}`.localeCompare(`${b}`));
    expect(said(second)).toEqual(said(first));
    expect(new Set(second.sink.values.filter(({ status }) => status === 'captioned').map(({ cache }) => cache))).toEqual(
      new Set(['ledger']),
    );
  });

  it('passes over what the sink has from a run before', async () => {
    const first = smallPipeline(payloads(10));
    await runPipeline(definePipeline(first.options), never);
    const second = smallPipeline(payloads(12));
    await runPipeline(definePipeline({ ...second.options, sink: first.sink }), never);
    const ids = first.sink.values.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(second.source.acked.size).toBe(12);
  });

  it('drains when stopped: reads no more, and finishes what is on its way', async () => {
    const stop = new AbortController();
    const answers: (() => void)[] = [];
    const { options, source, sink } = smallPipeline(payloads(1000), () => new Promise((resolve) => answers.push(() => resolve('Late.'))));
    const done = runPipeline(definePipeline({ ...options, gate: { windows: 4 } }), stop.signal);
    while (answers.length < 4) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const ended = new AbortController();
    void done.finally(() => ended.abort());
    while (!ended.signal.aborted) {
      for (const answer of answers.splice(0)) answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    expect(source.pulled()).toBeLessThan(10);
    expect(sink.values.length).toBeGreaterThanOrEqual(4);
    expect(sink.values.filter(({ closedBy }) => closedBy === 'end')).toEqual([]);
  });

  it('fails when the sink is gone, and does not ack what was not written', async () => {
    const { options, source, deadLetters } = smallPipeline(payloads(3));
    const write = async (): Promise<never> => Promise.reject(new PipelineError('SINK_FAILED', 'disk full'));
    await expect(runPipeline(definePipeline({ ...options, sink: { name: 'broken', write } }), never)).rejects.toThrow('disk full');
    expect(source.acked.size).toBe(0);
    expect(deadLetters.values).toEqual([]);
  });

  it('takes parts that are classes', async () => {
    const { options, captioner } = smallPipeline(payloads(3));
    const packets = packetsOf(payloads(3));
    const seen: (number | undefined)[] = [];
    class Own {
      readonly name = 'own';
      readonly #ids = new Set<string>();
      closed = false;
      packets(signal: AbortSignal): AsyncIterable<Packet> {
        return packets.packets(signal);
      }
      share(): number {
        return this.#ids.size;
      }
      has(id: string): boolean {
        return this.#ids.has(id);
      }
      async write({ id }: CaptionRecord): Promise<void> {
        this.#ids.add(id);
      }
      async close(): Promise<void> {
        this.closed = true;
      }
    }
    const [sink, source] = [new Own(), new Own()];
    const asked = Object.assign((request: CaptionRequest) => (seen.push(request.share?.()), captioner(request)), {
      plan: captioner.plan,
      isClosed: false,
      async close() {
        asked.isClosed = this.isClosed = this.plan === captioner.plan;
      },
    });
    await runPipeline(definePipeline({ ...options, sink, source, captioner: asked }), never);
    expect([sink.closed, source.closed, asked.isClosed]).toEqual([true, true, true]);
    expect(seen).toEqual([0, 0, 0]);
  });

  it('keeps the flows of several sensors apart', async () => {
    const { options, sink } = smallPipeline([]);
    await runPipeline(definePipeline({ ...options, source: packetsOf(payloads(12), 3) }), never);
    expect(new Set(sink.values.map(({ sensor }) => sensor))).toEqual(new Set(['cam0', 'cam1', 'cam2']));
    expect(sink.values.reduce((sum, { events }) => sum + events, 0)).toBe(120);
  });

  describe('closing', () => {
    const closing = (name: string, closed: string[], fails = false) => ({
      close: async (): Promise<void> => {
        closed.push(name);
        if (fails) throw new Error(`${name} cannot be closed`);
      },
    });

    it('never takes the place of the error of the run, and closes every part (issue 10)', async () => {
      const { options, sink, deadLetters } = smallPipeline(payloads(3));
      const closed: string[] = [];
      const write = async (): Promise<never> => Promise.reject(new PipelineError('SINK_FAILED', 'disk full'));
      const pipeline = definePipeline({
        ...options,
        source: { ...options.source, ...closing('source', closed) },
        sink: { ...sink, write, ...closing('sink', closed, true) },
        deadLetters: { ...deadLetters, ...closing('deadLetters', closed, true) },
      });
      const reported: string[] = [];
      const end = listen('close', ({ part, message }) => reported.push(`${part}: ${message}`));
      await expect(runPipeline(pipeline, never)).rejects.toThrow('disk full');
      end();
      expect(closed.toSorted()).toEqual(['deadLetters', 'sink', 'source']);
      expect(reported.toSorted()).toEqual(['memory: deadLetters cannot be closed', 'memory: sink cannot be closed']);
    });

    it('that fails after a run that went well fails the run', async () => {
      const { options, sink } = smallPipeline(payloads(3));
      const pipeline = definePipeline({ ...options, sink: { ...sink, ...closing('sink', [], true) } });
      await expect(runPipeline(pipeline, never)).rejects.toThrow('sink cannot be closed');
    });

    it('comes also after a part that could not be opened', async () => {
      const { options, sink, source } = smallPipeline(payloads(3));
      const closed: string[] = [];
      const open = async (): Promise<never> => Promise.reject(new PipelineError('SINK_FAILED', 'no such folder'));
      const pipeline = definePipeline({ ...options, sink: { ...sink, open, ...closing('sink', closed) } });
      await expect(runPipeline(pipeline, never)).rejects.toThrow('no such folder');
      expect(closed).toEqual(['sink']);
      expect(source.pulled()).toBe(0);
    });

    it('waits for dead letters of events that came too late, though no window does (issue 10)', async () => {
      const log: string[] = [];
      const { options } = smallPipeline(payloads(1));
      const late = {
        name: 'slow',
        write: async (): Promise<void> => {
          await new Promise((resolve) => setImmediate(resolve));
          log.push('written');
        },
        close: async (): Promise<void> => void log.push('closed'),
      };
      // The second packet of a clock that goes back is late as a whole.
      const backwards: Format = {
        ...options.formats![0]!,
        start: (stream) => {
          const decoder = options.formats![0]!.start(stream);
          let times = 0;
          return Object.assign(decoder, {
            push: () => {
              const events = makeEvents(10);
              events.length = 10;
              events.t.fill(times++ === 0 ? 500_000 : 1000);
              return events;
            },
          });
        },
      };
      const source = packetsOf(payloads(2));
      await runPipeline(definePipeline({ ...options, source, formats: [backwards], late }), never);
      expect(log).toEqual(['written', 'closed']);
      expect(source.acked.size).toBe(2);
    });
  });
});

describe('observePipeline', () => {
  it('emits each record when it is safe, and completes when every part is closed', async () => {
    const { options, sink } = smallPipeline(payloads(5));
    const log: string[] = [];
    const pipeline = definePipeline({ ...options, sink: { ...sink, close: async () => void log.push('closed') } });
    const records = await lastValueFrom(
      observePipeline(pipeline).pipe(
        tap(({ id }) => expect(sink.values.some((value) => value.id === id)).toBe(true)),
        tap({ complete: () => log.push('complete') }),
        toArray(),
      ),
    );
    expect(records.map(({ id }) => id).toSorted()).toEqual(sink.values.map(({ id }) => id).toSorted());
    expect(log).toEqual(['closed', 'complete']);
  });

  it('does nothing before it is subscribed to, and runs anew for each subscriber', async () => {
    const { options, source } = smallPipeline(payloads(3));
    const records = observePipeline(definePipeline(options));
    expect(source.pulled()).toBe(0);
    await lastValueFrom(records.pipe(ignoreElements()), { defaultValue: undefined });
    expect(source.pulled()).toBe(3);
  });

  it('opens no further part when it is unsubscribed while parts are being opened, and closes them', async () => {
    const { options, source, sink, deadLetters } = smallPipeline(payloads(3));
    const log: string[] = [];
    const [opening, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const pipeline = definePipeline({
      ...options,
      sink: { ...sink, open: async () => opening.promise, close: async () => void log.push('sink closed') },
      deadLetters: { ...deadLetters, open: async () => void log.push('dead letters opened'), close: async () => closed.resolve() },
    });
    const subscription = observePipeline(pipeline).subscribe({
      error: (error) => log.push(String(error)),
      complete: () => log.push('complete'),
    });
    await new Promise((resolve) => setImmediate(resolve));
    subscription.unsubscribe();
    opening.resolve();
    await closed.promise;
    expect(log).toEqual(['sink closed']);
    expect(source.pulled()).toBe(0);
  });

  it('leaves no listener on the signal that stops it', async () => {
    const stop = new AbortController();
    const { options } = smallPipeline(payloads(2));
    for (let i = 0; i < 10; i++) await runPipeline(definePipeline(options), stop.signal);
    const subscription = observePipeline(definePipeline(options), stop.signal).subscribe();
    await new Promise((resolve) => setImmediate(resolve));
    subscription.unsubscribe();
    expect(getEventListeners(stop.signal, 'abort').length).toBe(0);
  });

  it('hangs up on calls when it is unsubscribed, acks nothing that is not safe, and closes the parts', async () => {
    let hungUp = 0;
    const { options, source, sink } = smallPipeline(payloads(50), () => new Observable<string>(() => () => hungUp++));
    const closed = Promise.withResolvers<void>();
    const pipeline = definePipeline({ ...options, gate: { windows: 4 }, sink: { ...sink, close: async () => closed.resolve() } });
    const subscription = observePipeline(pipeline).subscribe();
    while (source.pulled() < 4) await new Promise((resolve) => setImmediate(resolve));
    subscription.unsubscribe();
    await closed.promise;
    expect(hungUp).toBeGreaterThan(0);
    expect(sink.values.filter(({ status }) => status === 'captioned')).toEqual([]);
    // A packet whose events are in no window that waits for a caption may be acked.
    expect(source.acked.size).toBeLessThan(source.pulled());
  });
});
