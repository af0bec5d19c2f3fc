import { visible } from '../../../src/visible.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { of, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { contactSheet } from '../../../src/cli/support/contactSheet.ts';
import { explainFailure } from '../../../src/cli/support/explainFailure.ts';
import { showWaits } from '../../../src/cli/support/showWaits.ts';
import { unfinished } from '../../../src/cli/support/unfinished.ts';
import { PipelineError } from '../../../src/errors.ts';
import { goOnWith } from '../../../src/stage/goOnWith.ts';
import { report } from '../../../src/stage/report.ts';
import { watchLog } from '../../../src/watch/watchLog.ts';
import { projectRoot, saccade } from '../saccade.ts';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['NUL', 'a\0b'],
  ['ESC', 'a\u001b[2Jb'],
  ['C1', 'a\u009b2Jb'],
  ['a title', 'a\u001b]0;owned\u0007b'],
  ['newline', 'a\nfaked: line'],
  ['carriage return', 'a\rfaked'],
  ['right-to-left', 'a\u202eb'],
  ['isolates', 'a\u2066b'],
  ['half a character', 'a\ud800b'],
  ['no character', 'a\uffffb\ufffe'],
  ['line separator', 'a\u2028b'],
  ['zero width', 'a\u200bb'],
  ['markup', '"\'&<script>alert(1)</script>]]>'],
  ['1 MB', 'x'.repeat(1e6)],
];
const SEEN = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

describe('foreign words (issue 11)', () => {
  it.each(HOSTILE)('%s: nothing unseen reaches a terminal', (_, text) => {
    expect(visible(text)).toMatch(SEEN);
    expect(visible(text).length).toBeLessThan(2100);
    for (const line of explainFailure(new PipelineError('SINK_FAILED', text), false).split('\n')) expect(line).toMatch(SEEN);
  });

  it.each(HOSTILE)('%s: a sheet is drawn with it', async (_, text) => {
    const cell = { picture: { width: 8, height: 8, channels: 3 as const, data: new Uint8Array(192) }, lines: [text] };
    expect((await contactSheet([[cell]], { cellWidth: 64, cellHeight: 64, lines: 1 })).length).toBeGreaterThan(100);
  });

  it('leaves ordinary words as they are, in any writing', () => {
    for (const text of ['A car moves left.', 'кот', '猫が右へ', 'città, 30 °C', '🚗 left']) expect(visible(text)).toBe(text);
  });

  it('explain shows a record whose every word is hostile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-words-'));
    try {
      const file = join(folder, 'c.jsonl');
      const words = HOSTILE.slice(0, -1)
        .map(([, text]) => text)
        .join('');
      const attempt = {
        target: words,
        key: words,
        startedAtUs: 1,
        ms: 1,
        status: 500,
        outcome: words,
        reason: words,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
      };
      await writeFile(
        file,
        `${JSON.stringify({ id: 'a1', sensor: words, status: 'captioned', target: words, model: words, route: [attempt] })}\n`,
      );
      const { stdout, code } = await saccade(['explain', file, 'a1']);
      expect(code).toBe(0);
      for (const line of stdout.split('\n')) expect(line).toMatch(SEEN);
      expect(stdout.split('\n')).toHaveLength(6);
      const json = await saccade(['explain', file, 'a1', '--json']);
      expect(json.stdout.trimEnd()).toMatch(SEEN);
      expect((JSON.parse(json.stdout) as { sensor: string }).sensor).toBe(words);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('errors reach the person (issue 11)', () => {
  it('an error of the program is called one, with the way to see more', () => {
    expect(explainFailure(new TypeError("Cannot destructure property 'topicMetadata'"), false)).toMatch(
      /^saccade: a fault in Saccade or in a plug-in, .*TypeError: Cannot destructure.*--verbose/,
    );
    expect(explainFailure(new PipelineError('SINK_FAILED', 'disk full'), false)).toBe('saccade: disk full');
  });

  it('what does not answer is said at once, then every five seconds, and anew after it has answered', () => {
    vi.useFakeTimers();
    const said: string[] = [];
    const end = showWaits((text) => said.push(text));
    const wait = (on = 'Kafka at broker:9092'): void => report('wait', () => ({ on, message: 'connect ECONNREFUSED' }));
    try {
      for (let second = 0; second < 12; second++) {
        wait();
        vi.advanceTimersByTime(1000);
      }
      wait('another');
      vi.advanceTimersByTime(60_000);
      wait();
    } finally {
      end();
      vi.useRealTimers();
    }
    expect(said).toEqual([
      'Kafka at broker:9092 does not answer: connect ECONNREFUSED; it is asked again\n',
      'Kafka at broker:9092 does not answer for 5 s: connect ECONNREFUSED; it is asked again\n',
      'Kafka at broker:9092 does not answer for 10 s: connect ECONNREFUSED; it is asked again\n',
      'another does not answer: connect ECONNREFUSED; it is asked again\n',
      'Kafka at broker:9092 does not answer: connect ECONNREFUSED; it is asked again\n',
    ]);
  });

  it.each(HOSTILE)('%s: a line of the log is one line of JSON that shows all', (_, text) => {
    const lines: string[] = [];
    const end = watchLog('info', { write: (line) => void lines.push(line) });
    report('reject', () => ({ stage: 'decode', sensor: text, code: 'DECODE_MALFORMED', message: text }));
    end();
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).toMatch(SEEN);
    const whole = text.length <= 2000;
    const said = whole ? text : `${text.slice(0, 2000)}... (${text.length} characters)`;
    expect(JSON.parse(lines[0]!)).toMatchObject({ sensor: said, message: said });
  });

  it('what a stage swallowed is in the log at level info', async () => {
    const lines: string[] = [];
    const end = watchLog('info', { write: (line) => void lines.push(line) });
    throwError(() => new Error('the model is gone'))
      .pipe(goOnWith('rewriter', () => of('as it was')))
      .subscribe();
    end();
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ where: 'rewriter', message: 'the model is gone', level: 30 }),
    ]);
  });

  it('a drain that ends unfinished says how much, what is kept where, and how to go on', () => {
    const summary = { open: 7, windows: 20, captioned: 9, quiet: 3, deadLettered: 1 };
    const sink = { name: 'avroFile', params: { path: 'out/c.avro' } };
    const inMemory = unfinished(summary, { ledger: { name: 'memoryLedger' }, sink }, 30);
    expect(inMemory).toMatch(
      /^saccade: 7 of 20 windows were not finished within 30 s; 12 are safe in out\/c\.avro, 1 in the dead letters\./,
    );
    expect(inMemory).toMatch(/in memory only.*paid for again.*lmdbLedger[^]*same command again/);
    expect(unfinished(summary, { ledger: { name: 'lmdbLedger' }, sink }, 30)).toMatch(
      /in the ledger \(lmdbLedger\) and are not paid for again/,
    );
  });

  it('a broker that is away is said to be, while the run waits for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-away-'));
    const env = { ...process.env, KAFKA_BROKERS: '127.0.0.1:9' };
    const run = spawn(process.execPath, [join(projectRoot, 'src/cli/main.ts'), 'run', join(projectRoot, 'pipelines/live.ts')], {
      cwd: folder,
      env,
    });
    try {
      let said = '';
      while (!said.includes('127.0.0.1:9 does not answer')) {
        const [chunk] = (await once(run.stderr, 'data')) as [Buffer];
        said += chunk.toString();
      }
      expect(said).toMatch(/Kafka at 127\.0\.0\.1:9 does not answer: .*ECONNREFUSED.*; it is asked again/);
    } finally {
      run.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });
});
