import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../kafka-broker/freePort.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import type { JournalEntry } from '../../src/sim/vendor/journal.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { asJournalled, asRecorded, startFaultyVendors } from './randomFaults.ts';
import { promptWords, secrets } from './secretWords.ts';

interface Letter extends Omit<DeadLetter, 'payload'> {
  readonly payload: string;
}

describe('a pipeline run under faults, with everything it puts out', () => {
  let folder: string;
  const journal: JournalEntry[] = [];
  let child: ChildProcessWithoutNullStreams | undefined;
  let code: number | null;
  let output = '';
  let metrics = '';
  let records: readonly CaptionRecord[];
  let letters: readonly Letter[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saccade-faults-'));
    const simulator = await startFaultyVendors(3, ['FAULTS_KEY_1', 'FAULTS_KEY_2', 'FAULTS_KEY_3', 'FAULTS_KEY_4']);
    simulator.journal.onEntry((entry) => journal.push(entry));
    const port = await freePort();
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const pipeline = fileURLToPath(new URL('wholeRunPipeline.ts', import.meta.url));
    const keys = Object.fromEntries(secrets.map((secret, i) => [`FAULTS_KEY_${i + 1}`, secret]));
    child = spawn(process.execPath, [main, '--verbose', 'run', pipeline, '--metrics', String(port), '--log', 'trace', '--json'], {
      env: { ...process.env, ...keys, FAULTS_URL: simulator.url, FAULTS_OUT: folder },
    });
    const running = child;
    for (const stream of [running.stdout, running.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => {
      running.on('close', resolve);
    });
    while (running.exitCode === null) {
      metrics = (await scrape(port)) || metrics;
      await sleep(100);
    }
    code = await ended;
    await simulator.close();
    records = await jsonLines<CaptionRecord>(join(folder, 'captions.jsonl'));
    letters = await jsonLines<Letter>(join(folder, 'dead-letters.jsonl'));
  }, 90_000);

  afterAll(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('ends well, every window in the records or in the dead letters', () => {
    expect([code, output.slice(-2_000)]).toEqual([0, expect.any(String)]);
    const summary = JSON.parse(output.split('\n').findLast((line) => line.startsWith('{"windows"')) ?? '{}') as Record<string, number>;
    expect(summary['windows']).toBe(records.length + letters.filter(({ stage }) => stage === 'interpret').length);
    expect(letters.some(({ stage }) => stage === 'decode')).toBe(true);
    expect(records.filter(({ status }) => status === 'captioned').length).toBeGreaterThan(100);
  });

  it('has in each record the path that the upstream saw', () => {
    let failedAttempts = 0;
    for (const { status, frame, route, cache } of records) {
      if (status === 'quiet' || cache !== 'none') continue;
      expect(asRecorded(route)).toEqual(asJournalled(journal.filter(({ imageSha256 }) => imageSha256 === frame?.sha256)));
      failedAttempts += route.filter(({ outcome }) => outcome !== 'ok').length;
    }
    expect(failedAttempts).toBeGreaterThan(5);
  });

  it('costs in records and dead letters together what the upstream billed', () => {
    const routes = [
      ...records.map(({ route }) => route),
      ...letters.map(({ route }) => JSON.parse(route || '[]') as CaptionRecord['route']),
    ];
    const costUsd = routes.flat().reduce((sum, attempt) => sum + (attempt.costUsd ?? Number.NaN), 0);
    const billedUsd = journal.reduce((sum, entry) => sum + entry.costUsd, 0);
    expect(Math.abs(costUsd - billedUsd) * 1e6).toBeLessThan(1);
  });

  it('never shows a key or the prompt: not in log, summary, metrics, records or dead letters', () => {
    const all = [output, metrics, JSON.stringify(records), JSON.stringify(letters)].join('\n');
    expect(metrics).toMatch(/saccade_/);
    expect(output.split('\n').length).toBeGreaterThan(200);
    for (const word of [...secrets, promptWords]) expect(all).not.toContain(word);
  });

  it('shows pictures nowhere: not in log, summary, metrics, records or dead letters', () => {
    const all = [output, metrics, JSON.stringify(records), JSON.stringify(letters)].join('\n');
    expect(all).not.toMatch(/iVBORw0KGgo|;base64,/);
    expect(letters.map(({ payloadType }) => payloadType)).not.toContain('image/png');
  });
});

const scrape = async (port: number): Promise<string> => {
  try {
    return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  } catch {
    return '';
  }
};

async function jsonLines<T>(path: string): Promise<readonly T[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
