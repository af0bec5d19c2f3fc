import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { explainCommand } from '../../../src/cli/commands/explain.ts';
import { priceReport, prices } from '../../../src/cli/commands/prices.ts';

const attempt = {
  target: 'gpt4o',
  key: 'KEY_1',
  startedAtUs: 1_000_000,
  ms: 12.4,
  status: 429,
  outcome: 'rate_limit',
  reason: 'slow down',
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
};
const captioned = {
  id: 'abc123',
  status: 'captioned',
  sensor: 'cam',
  target: 'sonnet',
  model: 'claude-haiku-4-5',
  cache: 'none',
  duplicateOf: null,
  route: [
    attempt,
    {
      ...attempt,
      target: 'sonnet',
      key: 'KEY_2',
      startedAtUs: 1_350_000,
      ms: 800,
      status: 200,
      outcome: 'ok',
      reason: '',
      inputTokens: 200,
      outputTokens: 20,
      costUsd: 0.0003,
    },
  ],
};
const dead = {
  id: 'abd999',
  sensor: 'cam',
  code: 'PROVIDER_REFUSED',
  message: 'gpt4o: 400 blocked: flagged',
  route: JSON.stringify([{ ...attempt, status: 400, outcome: 'blocked', reason: 'flagged' }]),
};
const again = { ...captioned, id: 'near1', cache: 'duplicate', duplicateOf: { id: 'abc123', distance: 0.02 }, route: [] };

/** What a command prints. */
async function printed(...words: string[]): Promise<string> {
  const program = new Command().exitOverride();
  for (const register of [explainCommand, prices]) register(program);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await program.parseAsync(words, { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

it('explain tells the path of a caption, of a duplicate and of a dead letter', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-explain-'));
  const file = join(folder, 'captions.jsonl');
  await writeFile(file, [captioned, dead, again].map((record) => JSON.stringify(record)).join('\n'));
  expect(await printed('explain', file, 'abc')).toBe(
    [
      'abc123 of cam',
      '  1. +0 ms  gpt4o with key KEY_1: 429 rate_limit after 12 ms',
      '       slow down',
      '  2. +350 ms  sonnet with key KEY_2: 200 ok after 800 ms, 200 + 20 tokens, $0.000300',
      '  answered by sonnet (claude-haiku-4-5)',
      '  2 attempts, $0.000300',
      '',
    ].join('\n'),
  );
  expect(await printed('explain', file, 'abd999')).toContain('dead-lettered: PROVIDER_REFUSED: gpt4o: 400 blocked: flagged');
  expect(await printed('explain', file, 'near1')).toContain('the caption of abc123, at a distance of 0.02; no model was asked');
  expect(JSON.parse(await printed('explain', file, 'abc123', '--json'))).toMatchObject({
    id: 'abc123',
    costUsd: 0.0003,
    attempts: [{ afterMs: 0 }, { afterMs: 350 }],
  });
  await expect(printed('explain', file, 'ab')).rejects.toThrow(/2 records have an id that begins with it/);
  await expect(printed('explain', file, 'zz')).rejects.toThrow(/no record has an id that begins with it \(found zz\)/);
  await expect(printed('explain', join(folder, 'gone.jsonl'), 'a')).rejects.toThrow(/gone.jsonl: cannot be read as captions/);
  await expect(printed('explain', join(folder, 'gone.avro'), 'a')).rejects.toThrow(/gone.avro: cannot be read as captions/);
  await rm(folder, { recursive: true });
});

it('prices lists rows with their dates and age, and which of them hold today', async () => {
  const { rows, ageDays } = priceReport('luna', '2026-11-22');
  expect(ageDays).toBe(12);
  expect(rows.map(({ from, input, holdsToday }) => [from, input, holdsToday])).toEqual([
    ['2026-07-24', 0.5, false],
    ['2026-07-30', 0.1, true],
  ]);
  expect(await printed('prices', 'no-such-model')).toContain("No price is known for 'no-such-model'");
  expect(await printed('prices')).toMatch(/gpt-4o +openai +2026-07-24 +2\.5 +1\.25 +2\.5 +10 +50 %/);
});
