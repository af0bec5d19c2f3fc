import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildShim } from '../../../scripts/rehearsals/crash/buildShim.ts';
import { type Faults, controlPage } from '../../../scripts/rehearsals/crash/controlPage.ts';
import { lmdbLedger } from '../../../src/interpret/ledgers/lmdbLedger.ts';
import type { PaidAnswer } from '../../../src/interpret/ledger.ts';

const shim = await buildShim(mkdtempSync(join(tmpdir(), 'saccade-shim-')));
if (shim === undefined) console.warn('skipped: the shim needs Linux and a C compiler (cc)');

const ledgerModule = new URL('../../../src/interpret/ledgers/lmdbLedger.ts', import.meta.url).href;

/** Pays for 40 answers and ends: which were safe, and why others were not. */
const program = `
  const { lmdbLedger } = await import('${ledgerModule}');
  const ledger = lmdbLedger({ path: process.env.CRASH_ROOT + '/ledger' });
  const pay = async (n) => {
    const key = n.toString(16).padStart(64, '0');
    const found = await ledger.lookupOrClaim([key], new AbortController().signal);
    if (!('answer' in found)) await ledger.commit(key, { answer: { text: 'x'.repeat(3000) } });
    return n;
  };
  const ended = [];
  try {
    await ledger.open();
    // One after another: how many share a transaction depends on the machine, and with it how many writes there are.
    for (let n = 0; n < 40; n++) ended.push(...(await Promise.allSettled([pay(n)])));
    await ledger.close();
  } catch (reason) { ended.push({ reason }); }
  console.log(JSON.stringify({
    safe: ended.filter(({ reason }) => !reason).map(({ value }) => value),
    errors: [...new Set(ended.filter(({ reason }) => reason).map(({ reason }) => reason.code + ' ' + reason.message))],
  }));
  process.exit(0);
`;

/** Runs the program on a disk with faults. */
function payWith(folder: string, faults: Faults): { status: number | null; safe: number[]; errors: string[] } {
  const [page, journal, saved] = [join(folder, 'control'), join(folder, 'journal'), join(folder, 'saved')];
  controlPage(page, 1, faults);
  writeFileSync(journal, '');
  const env = { LD_PRELOAD: shim, CRASH_ROOT: join(folder, 'files'), CRASH_CONTROL: page, CRASH_JOURNAL: journal, CRASH_SAVED: saved };
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, ...(JSON.parse(stdout || '{"safe":[],"errors":[]}') as { safe: number[]; errors: string[] }) };
}

describe.skipIf(shim === undefined)('lmdbLedger on a disk that fails (issue 11)', () => {
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'saccade-lmdb-'));
    mkdirSync(join(folder, 'files'));
    return folder;
  };

  it.each([
    ['is full before it begins', { write: { after: 0, count: 1_000_000, error: 'ENOSPC' } }, /^LEDGER_FAILED .*no space left/i],
    [
      'is full while answers are kept',
      { write: { after: 12, count: 1_000_000, error: 'ENOSPC' } },
      /^LEDGER_FAILED .*(no space left|input\/output)/i,
    ],
    ['cannot sync', { sync: { after: 1, count: 1_000_000, error: 'EIO' } }, /^LEDGER_FAILED .*input\/output/i],
  ] as const)('says so where the disk %s, and has every answer that it called safe', (_what, faults, words) => {
    const folder = newFolder();
    const { status, safe, errors } = payWith(folder, { faults });
    expect({ status, errors }).toEqual({ status: 0, errors: expect.arrayContaining([expect.stringMatching(words)]) });
    const again = payWith(folder, {});
    expect(again.errors).toEqual([]);
    expect(again.safe).toEqual(expect.arrayContaining(safe));
  });

  it('says so where the process may open no more files', () => {
    const { status, errors } = payWith(newFolder(), { faults: { open: { after: 4, count: 1_000_000, error: 'EMFILE' } } });
    expect({ status, errors }).toEqual({ status: 0, errors: [expect.stringMatching(/^LEDGER_FAILED .*too many open files/)] });
  });

  it('begins again where a full disk cut the database off at its birth', async () => {
    const path = newFolder();
    writeFileSync(join(path, 'data.mdb'), new Uint8Array(4096));
    const ledger = lmdbLedger({ path });
    await ledger.open?.();
    const key = '0'.repeat(64);
    await ledger.lookupOrClaim([key], new AbortController().signal);
    await ledger.commit(key, { answer: { text: 'kept' } } as unknown as PaidAnswer);
    expect(await ledger.lookupOrClaim([key], new AbortController().signal)).toMatchObject({ answer: { text: 'kept' } });
    await ledger.close?.();
  });
});
