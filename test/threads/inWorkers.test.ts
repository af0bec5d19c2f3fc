import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../src/cli/support/loadPipeline.ts';
import type { Session } from '../../src/stage/session.ts';
import type { Packet } from '../../src/stage/packet.ts';
import type { Source } from '../../src/consume/source.ts';
import { recording } from '../../src/consume/sources/recording.ts';
import { synthetic } from '../../src/consume/sources/synthetic.ts';
import type { Pipeline } from '../../src/definePipeline.ts';
import { memoryLedger } from '../../src/interpret/ledgers/memoryLedger.ts';
import { runPipeline } from '../../src/runPipeline.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { memory } from '../../src/publish/sinks/memory.ts';
import { listen } from '../../src/stage/report.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { watchSummary } from '../../src/watch/watchSummary.ts';
import { scripted } from '../parts.ts';
import { lifetime } from '../../src/stage/lifetime.ts';

const load = (name: string): Promise<Pipeline> => loadPipeline(fileURLToPath(new URL(`pipelines/${name}.ts`, import.meta.url)));
const recordings = fileURLToPath(new URL('../../../shared/data/recordings/', import.meta.url));

interface Run {
  readonly records: readonly CaptionRecord[];
  readonly letters: readonly DeadLetter[];
  /** Packets that were pulled, and those of them that were acked. */
  readonly pulled: number;
  readonly acked: number;
}

/** Runs the pipeline of a module with outputs of its own; `stopAfter` packets it is told to stop. */
async function run(
  name: string,
  given: Partial<Pipeline>,
  { stopAfter = Infinity, sink = memory<CaptionRecord>() }: { stopAfter?: number; sink?: ReturnType<typeof memory<CaptionRecord>> } = {},
): Promise<Run> {
  const pipeline = { ...(await load(name)), captioner: scripted(() => 'A thing moves.'), ledger: memoryLedger(), ...given };
  const stop = new AbortController();
  const count = { pulled: 0, acked: 0 };
  const source: Source = {
    name: 'counted',
    async *packets(signal) {
      for await (const packet of pipeline.source.packets(signal)) {
        if (++count.pulled === stopAfter) stop.abort();
        yield { ...packet, ack: () => void count.acked++ } satisfies Packet;
      }
    },
  };
  const deadLetters = memory<DeadLetter>();
  await runPipeline({ ...pipeline, source, sink, deadLetters }, stop.signal);
  return { records: sink.values, letters: deadLetters.values, ...count };
}

interface Told {
  readonly begun: number[];
  readonly done: number[];
}

/** A stretch of packets, and the starts of the windows that its source was told of. */
function sessionOf(): { session: Session; told: Told; lose: () => void } {
  const own = lifetime();
  const told: Told = { begun: [], done: [] };
  const session: Session = {
    lifetime: own,
    register: ({ start }) => {
      told.begun.push(start);
      return true;
    },
    finish: ({ start }) => void told.done.push(start),
  };
  return { session, told, lose: own.end };
}

/** What makes a frame the same frame. */
const framesOf = (records: readonly CaptionRecord[]): string[] =>
  records
    .map(
      ({ id, sensor, startUs, endUs, closedBy, events, frame }) =>
        `${sensor} ${startUs} ${endUs} ${closedBy} ${events} ${id} ${frame?.sha256}`,
    )
    .toSorted();
const lettersOf = ({ letters }: Run): string[] =>
  letters
    .map(({ stage, sensor, message, payload, position }) => `${sensor} ${position.first} ${stage} ${message} ${payload.toString('hex')}`)
    .toSorted();

/** A worker takes a second of processor time to start, and a shared machine may have little of it. */
describe('drawing in workers', { timeout: 90_000 }, () => {
  it('makes the same frames, dead letters and acks as drawing on the main thread', async () => {
    const here = await run('steady', { workers: 0 });
    expect(here.records.length).toBeGreaterThan(50);
    expect(here.letters.length).toBeGreaterThan(3);
    expect(here.acked).toBe(here.pulled);
    for (const workers of [1, 3]) {
      const there = await run('steady', { workers });
      expect(framesOf(there.records)).toEqual(framesOf(here.records));
      expect(lettersOf(there)).toEqual(lettersOf(here));
      expect([there.pulled, there.acked]).toEqual([here.pulled, here.acked]);
    }
  });

  it('rejects what the source could not make out in the same words (issue 11)', async () => {
    const { source: whole } = await load('steady');
    const source: Source = {
      name: 'odd',
      async *packets(signal) {
        for await (const packet of whole.packets(signal)) yield packet.seq % 5 === 3 ? { ...packet, fault: 'its header is odd' } : packet;
      },
    };
    const [here, there] = [await run('steady', { workers: 0, source }), await run('steady', { workers: 2, source })];
    expect(lettersOf(here).filter((letter) => letter.includes('its header is odd')).length).toBeGreaterThan(10);
    expect(lettersOf(there)).toEqual(lettersOf(here));
    expect([there.pulled, there.acked]).toEqual([here.pulled, here.pulled]);
  });

  it('makes the same frames where sensors rest because there are too many, and acks every packet (issue 11)', async () => {
    const source = () => synthetic({ seconds: 0.6, width: 160, height: 120, sensors: 3 });
    const here = await run('steady', { workers: 0, source: source(), state: { sensors: 2 } });
    expect(here.records.filter(({ closedBy }) => closedBy === 'idle').length).toBeGreaterThan(10);
    expect(new Set(here.records.map(({ id }) => id)).size).toBe(here.records.length);
    expect(here.acked).toBe(here.pulled);
    const there = await run('steady', { workers: 2, source: source(), state: { sensors: 2 } });
    expect(framesOf(there.records)).toEqual(framesOf(here.records));
    expect(lettersOf(there)).toEqual(lettersOf(here));
    expect([there.pulled, there.acked]).toEqual([here.pulled, here.acked]);
  });

  it.each([0, 2])(
    'makes the same frames live, at full speed, and split over restarts, with %d workers',
    { timeout: 90_000 },
    async (workers) => {
      const whole = await run('steady', { workers: 0 });
      const source = synthetic({ seconds: 0.6, width: 160, height: 120, sensors: 3, corruptEvery: 17, realtime: true });
      const live = await run('steady', { workers, source });
      expect(framesOf(live.records)).toEqual(framesOf(whole.records));

      const sink = memory<CaptionRecord>();
      for (const stopAfter of [31, 77, 120, Infinity]) {
        const { records } = await run('steady', { workers }, { stopAfter, sink });
        if (stopAfter !== Infinity) expect(records.filter(({ closedBy }) => closedBy === 'end')).toEqual([]);
      }
      expect(framesOf(sink.values)).toEqual(framesOf(whole.records));
    },
  );

  it.skipIf(!existsSync(recordings)).each(['dvs.es', 'evt3_street.raw', 'davis346_bench.aedat4'])(
    'makes the same frames of %s',
    async (file) => {
      const of = (workers: number, packetBytes: number): Promise<Run> =>
        run('steady', { workers, source: recording({ file: `${recordings}${file}`, packetBytes }) });
      const frames = framesOf((await of(0, 65_536)).records).map(withoutPosition);
      expect(frames.length).toBeGreaterThan(0);
      expect(framesOf((await of(1, 65_536)).records).map(withoutPosition)).toEqual(frames);
      expect(framesOf((await of(2, 9_999)).records).map(withoutPosition)).toEqual(frames);
    },
  );

  it('tells those who look on the same', async () => {
    const seen = async (workers: number): Promise<unknown> => {
      const summary = watchSummary();
      const counters = new Map<string, object>();
      const decoded: string[] = [];
      const ends = [
        listen('decode', (report) => void counters.set(report.sensor, report.counters)),
        listen('cut', (report) => void counters.set(`cut ${report.sensor}`, report.counters)),
        listen('stage', ({ stage, sensor, error }) => stage === 'decode' && decoded.push(`${sensor} ${error === undefined}`)),
      ];
      await run('steady', { workers });
      for (const end of [...ends, summary.end]) end();
      const { windows, captioned, quiet, deadLettered, open, packets, packetsRejected } = summary.read();
      return { windows, captioned, quiet, deadLettered, open, packets, packetsRejected, counters, decoded: decoded.toSorted() };
    };
    expect(await seen(2)).toEqual(await seen(0));
  });

  it('keeps the bound of the gate: nothing queues where it does not look', async () => {
    let most = 0;
    const end = listen('gate', ({ windows }) => void (most = Math.max(most, windows)));
    const answers: (() => void)[] = [];
    const captioner = scripted(() => new Promise((resolve) => answers.push(() => resolve('Late.'))));
    let pulled = 0;
    const { source } = await load('steady');
    const counted: Source = {
      name: 'counted',
      async *packets(signal) {
        for await (const packet of source.packets(signal)) {
          pulled++;
          yield packet;
        }
      },
    };
    const done = run('steady', { workers: 2, captioner, source: counted, gate: { windows: 4 } });
    while (answers.length < 4) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    // A window of 33 ms is four packets of each of three sensors; eight more may be on their way to two workers.
    expect(pulled).toBeLessThan(40);
    const ended = new AbortController();
    void done.finally(() => ended.abort());
    while (!ended.signal.aborted) {
      for (const answer of answers.splice(0)) answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { records, acked } = await done;
    end();
    expect(records.length).toBeGreaterThan(50);
    expect(most).toBeLessThanOrEqual(4 + 8);
    expect(acked).toBe(pulled);
  });

  it('begins anew where the source goes back, and still ends what was on its way', async () => {
    const packets = await Array.fromAsync(synthetic({ seconds: 0.6, width: 160, height: 120 }).packets(new AbortController().signal));
    const twice = async (workers: number): Promise<{ first: Told; second: Told; frames: string[] }> => {
      const [first, second] = [sessionOf(), sessionOf()];
      const source: Source = {
        name: 'going back',
        async *packets() {
          for (const packet of packets.slice(0, 40)) yield { ...packet, bytes: packet.bytes.slice(), session: first.session };
          first.lose();
          for (const packet of packets.slice(20)) yield { ...packet, bytes: packet.bytes.slice(), session: second.session };
        },
      };
      const { records } = await run('steady', { workers, source });
      return { first: first.told, second: second.told, frames: framesOf(records) };
    };
    const here = await twice(0);
    expect(here.second.begun.length).toBeGreaterThan(10);
    const there = await twice(2);
    expect(there.second.begun).toEqual(here.second.begun);
    expect(there.second.done.toSorted()).toEqual(here.second.done.toSorted());
    // What was in a message queue when the source went back belongs to nobody: the second session cuts it again.
    expect(here.first.begun.slice(0, there.first.begun.length)).toEqual(there.first.begun);
    expect(there.first.done.toSorted()).toEqual(there.first.begun.toSorted());
    expect(here.frames).toEqual(expect.arrayContaining(there.frames));
  });

  it('closes windows when the sensor falls silent', async () => {
    const packets = await Array.fromAsync(synthetic({ seconds: 0.1, width: 160, height: 120 }).packets(new AbortController().signal));
    const source: Source = {
      name: 'pausing',
      async *packets() {
        for (const packet of packets.slice(0, 5)) yield { ...packet, bytes: packet.bytes.slice() };
        await new Promise((resolve) => setTimeout(resolve, 2500)); // a worker starts in a second or so
        for (const packet of packets.slice(5)) yield { ...packet, bytes: packet.bytes.slice() };
      },
    };
    for (const workers of [0, 1]) {
      const { records } = await run('impatient', { workers, source });
      expect(records.map(({ closedBy, endUs }) => [closedBy, endUs <= 50_000])).toEqual([
        ['idle', true],
        ['end', false],
      ]);
    }
  });

  it('rejects a window that cannot be drawn, and fails the run when a worker dies', async () => {
    const here = await run('dying', { workers: 0 });
    expect(here.letters.filter(({ stage }) => stage === 'render').map(({ message, start }) => [message, start])).toEqual(
      Array.from({ length: 3 }, () => ['no ink', 99_000]),
    );
    await expect(run('dying', { workers: 1 })).rejects.toThrow('worker thread ended with code 3');
    const early = await run('dying', { workers: 1, source: synthetic({ seconds: 0.12, width: 160, height: 120 }) });
    expect(early.letters.map(({ stage, message, start, code }) => [stage, message, start, code])).toEqual([
      ['render', 'no ink', 99_000, 'UNEXPECTED'],
    ]);
    expect(early.acked).toBe(early.pulled);
  });

  it('takes packets with fields of their source, which need not travel', async () => {
    const plain = synthetic({ seconds: 0.1, width: 160, height: 120 });
    const source: Source = {
      name: 'with extras',
      async *packets(signal) {
        for await (const packet of plain.packets(signal)) yield { ...packet, heartbeat: () => {} } as Packet;
      },
    };
    const { records, acked, pulled } = await run('steady', { workers: 1, source });
    expect(records.length).toBeGreaterThan(0);
    expect(acked).toBe(pulled);
  });

  it('refuses a module that is another pipeline in each thread', async () => {
    await expect(run('fickle', { workers: 1 })).rejects.toThrow(/fickle\.ts: another pipeline .* set workers to 0/);
  });

  it('ends although several packets wait for their dead letters at once', async () => {
    const pipeline = await load('steady');
    const written: DeadLetter[] = [];
    const slow = {
      name: 'slow',
      async write(letter: DeadLetter) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        written.push(letter);
      },
    };
    await runPipeline({ ...pipeline, workers: 1, deadLetters: slow }, new AbortController().signal);
    expect(written.length).toBeGreaterThan(6);
  });

  it('fails the run when a dead letter cannot be written', async () => {
    const pipeline = await load('steady');
    const write = (): Promise<never> => Promise.reject(new Error('disk full'));
    const deadLetters = { name: 'broken', write };
    await expect(runPipeline({ ...pipeline, workers: 2, deadLetters }, new AbortController().signal)).rejects.toThrow('disk full');
  });
});

/** The id of a window names the packet with its first event, which depends on how the file was cut into packets. */
const withoutPosition = (frame: string): string => frame.replace(/ [0-9a-f]{24} /, ' ');
