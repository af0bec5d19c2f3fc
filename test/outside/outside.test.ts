import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import {
  type PaidAnswer,
  type Pipeline,
  allFormats,
  consume,
  decode,
  definePipeline,
  houseStyle,
  known,
  memory,
  recording,
  route,
  runPipeline,
  windows,
} from 'saccade';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { average } from './average.ts';
import { burstSource } from './burstSource.ts';
import { eachPacket } from './eachPacket.ts';
import { leftHalf } from './leftHalf.ts';
import { mapLedger } from './mapLedger.ts';
import { noShouting } from './noShouting.ts';
import { oneWord } from './oneWord.ts';
import { packetLog } from './packetLog.ts';
import { pairs } from './pairs.ts';
import { pictureMap } from './pictureMap.ts';
import { plainHttp } from './plainHttp.ts';
import { shouting } from './shouting.ts';
import { tableSink } from './tableSink.ts';

/* One plug-in of each kind, as somebody outside of this repository would write it: against the entry alone. */

const never = new AbortController().signal;

/** Twenty events in a diagonal, one each 100 µs, half of them on the left. */
const packetOf = (first: number): Uint8Array =>
  Uint8Array.from({ length: 80 }, (_, i) => [(first + (i >> 2)) % 16, (i >> 2) % 16, 100, (i >> 2) % 2 ? 0x80 : 0][i % 4]!);
const packets = [0, 3, 6, 9, 12].map(packetOf);

let server: Server;
let calls = 0;
let keys: (string | string[] | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      calls++;
      keys.push(request.headers['x-key']);
      const { question } = JSON.parse(body) as { question: string };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ text: question.includes('one word') ? 'dot moves' : 'what', tokens: [10, 2] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

const logFile = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'saccade-outside-')), 'dots.log');
  const parts = packets.flatMap((bytes) => [Buffer.from(Uint32Array.of(bytes.length).buffer), Buffer.from(bytes)]);
  writeFileSync(path, Buffer.concat([Buffer.from('PKTLOG1\n'), ...parts]));
  return path;
};

function pipelineOf(file: string, sink = tableSink(), answers = new Map<string, PaidAnswer>()) {
  const frames = pictureMap();
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const plain = plainHttp({ model: 'dots-1', baseUrl, keys: known('own', 'own-key'), price: { input: 1, output: 1 } });
  const pipeline: Pipeline = definePipeline({
    source: recording({ file, containers: [packetLog] }),
    formats: [...allFormats, pairs],
    filters: [leftHalf()],
    window: eachPacket(),
    renderer: average(),
    prompt: oneWord(),
    captioner: route({ targets: { plain: shouting(plain) } }),
    ledger: mapLedger(answers),
    normalise: houseStyle({ rules: [noShouting] }),
    sink,
    frames,
    deadLetters: memory(),
  });
  return { pipeline, sink, frames, answers };
}

describe('plug-ins from outside', () => {
  it('import the entry, RxJS and Node, and nothing else of Saccade', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts'));
    expect(files).toHaveLength(13);
    for (const name of files) {
      const source = readFileSync(join(import.meta.dirname, name), 'utf8');
      const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
      expect(
        imported.filter((from) => !['saccade', 'rxjs'].includes(from!)),
        name,
      ).toEqual([]);
    }
  });

  it('make a whole pipeline: container, format, filter, windowing, renderer, prompt, provider, combinator, ledger, rule, sink, frame store', async () => {
    const { pipeline, sink, frames } = pipelineOf(logFile());
    await runPipeline(pipeline, never);
    const records = [...sink.rows.values()];
    expect(records).toHaveLength(5);
    for (const record of records) {
      expect(record).toMatchObject({
        sensor: 'log',
        renderer: 'average',
        rawCaption: 'DOT MOVES',
        target: 'plain',
        provider: 'plainHttp',
        closedBy: 'count',
      });
      expect(record.caption).toBe('Dot moving.');
      expect(record.costUsd).toBeCloseTo(12e-6, 9);
      expect(record.frame!.path).toBe(`memory:${record.id}`);
    }
    expect(frames.pictures.size).toBe(5);
    expect(new Set(keys)).toEqual(new Set(['own-key']));
  });

  it('keep their promises together: a second run asks nothing and writes nothing twice', async () => {
    const file = logFile();
    const first = pipelineOf(file);
    await runPipeline(first.pipeline, never);
    const before = calls;
    await runPipeline(pipelineOf(file, first.sink, first.answers).pipeline, never);
    const again = pipelineOf(file, tableSink(), first.answers);
    await runPipeline(again.pipeline, never);
    expect(calls).toBe(before);
    expect([...again.sink.rows.keys()]).toEqual([...first.sink.rows.keys()]);
  });

  it('work in a pipe of their own', async () => {
    const source = burstSource({ packets, encoding: 'pairs' });
    const pipe = consume(source).pipe(decode({ formats: [pairs] }), windows(eachPacket(), { filters: [leftHalf()] }));
    const cut = await lastValueFrom(pipe.pipe(toArray()));
    expect(cut).toHaveLength(5);
    for (const { count, slices, ack } of cut) {
      expect(slices.every(({ events }) => events.x.every((x) => x < 8))).toBe(true);
      expect(count).toBeGreaterThan(0);
      ack();
    }
    expect(source.acked.size).toBe(5);
  });

  it('fail as plug-ins do: a container that is cut off says so', async () => {
    const file = logFile();
    writeFileSync(file, readFileSync(file).subarray(0, -3));
    await expect(runPipeline(pipelineOf(file).pipeline, never)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('packet 4 at byte 344 is cut off (found 77 bytes)'),
    });
  });
});
