import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';
import type { DeadLetter } from '../../../src/stage/reject.ts';
import type { Summary } from '../../../src/watch/summary.ts';
import { saccade } from '../saccade.ts';

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'saccade-demo-'));

const readAvro = <Value>(file: string): Promise<Value[]> =>
  new Promise((resolve, reject) => {
    const values: Value[] = [];
    avsc
      .createFileDecoder(file)
      .on('data', (value: Value) => values.push(value))
      .on('end', () => resolve(values))
      .on('error', reject);
  });

describe('demo', () => {
  it('captions the synthetic scene, and accounts for every window', { timeout: 60_000 }, async () => {
    const cwd = await freshFolder();
    const { code, stdout, stderr } = await saccade(['demo', '--json'], { cwd });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    const records = await readAvro<CaptionRecord>(join(cwd, 'out/demo/captions.avro'));
    const letters = await readAvro<DeadLetter>(join(cwd, 'out/demo/dead-letters.avro'));

    expect(summary.windows).toBeGreaterThan(200);
    expect(summary.windows).toBe(summary.captioned + summary.quiet + summary.deadLettered);
    expect(summary.open).toBe(0);
    const count = (status: string): number => records.filter((record) => record.status === status).length;
    expect([count('captioned'), count('quiet')]).toEqual([summary.captioned, summary.quiet]);
    expect(letters.filter(({ stage }) => stage !== 'decode').length).toBe(summary.deadLettered);
    expect(letters.filter(({ stage }) => stage === 'decode').length).toBe(summary.packetsRejected);
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    expect(summary.quiet).toBeGreaterThan(10);
    expect(summary.targets.map(({ target }) => target)).toEqual(['gemini', 'gpt4o', 'sonnet']);

    const billed = [
      ...records.flatMap(({ route }) => route),
      ...letters.flatMap(({ route }) => JSON.parse(route) as CaptionRecord['route']),
    ];
    expect(billed.reduce((sum, { costUsd }) => sum + costUsd!, 0)).toBeCloseTo(summary.costUsd!, 6);
    expect(billed.length).toBe(summary.targets.reduce((sum, { asked }) => sum + asked, 0));

    const frames = await readdir(join(cwd, 'out/demo/frames'));
    const captioned = records.filter(({ status }) => status === 'captioned');
    expect(frames).toEqual(expect.arrayContaining(captioned.map(({ id }) => `${id}.png`)));
    for (const { caption, frame } of captioned.slice(0, 5)) {
      expect(caption).toMatch(/\w/);
      expect(frame!.path).toBe(join('out/demo/frames', `${captioned.find((record) => record.frame === frame)!.id}.png`));
    }
  });

  it('drains on Ctrl-C: what was read is finished, nothing is half-written', { timeout: 60_000 }, async () => {
    const cwd = await freshFolder();
    const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, 'demo', '--json'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    const captions = join(cwd, 'out/demo/captions.avro');
    const header = 10_000;
    while (child.exitCode === null && !(existsSync(captions) && (await stat(captions)).size > header))
      await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    const records = await readAvro<CaptionRecord>(captions);
    expect(summary.packets).toBeLessThan(800);
    expect(summary.open).toBe(0);
    expect(records.length).toBe(summary.captioned + summary.quiet);
    expect((await readFile(captions)).byteLength).toBeGreaterThan(header);
  });
});
