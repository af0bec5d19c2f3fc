import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Observable, firstValueFrom, of } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../src/interpret/caption.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';
import { payOnce } from '../../../src/interpret/payOnce.ts';
import type { Ledger } from '../../../src/interpret/ledger.ts';
import { lmdbLedger } from '../../../src/interpret/ledgers/lmdbLedger.ts';
import { memoryLedger } from '../../../src/interpret/ledgers/memoryLedger.ts';
import { requestHash } from '../../../src/interpret/requestHash.ts';
import { request } from '../support/request.ts';
import { answer, counting, frozenLedgerContract, ledgerContract, plan, sharedLedgerContract } from './ledger.contract.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-ledger-'));
});
afterAll(async () => rm(folder, { recursive: true }));

describe.each([
  ['memoryLedger', () => memoryLedger()],
  ['lmdbLedger', () => lmdbLedger({ path: join(folder, `db-${Math.random()}`) })],
] as [string, () => Ledger][])('%s', (_, make) => ledgerContract(make));

describe('lmdbLedger of several processes', () => {
  const shared = (): { path: string; ownerTimeoutMs: number } => ({ path: join(folder, `db-${Math.random()}`), ownerTimeoutMs: 600 });
  sharedLedgerContract(() => {
    const { path } = shared();
    return () => lmdbLedger({ path });
  });
  frozenLedgerContract(() => {
    const options = shared();
    return { make: () => lmdbLedger(options), thread: { lmdb: options } };
  });
});

describe('lmdbLedger beside a process of another user (issue 11)', () => {
  it('waits for its call: that it may not be signalled does not mean that it is gone', async () => {
    const path = join(folder, 'another-user');
    const [first, second] = [lmdbLedger({ path }), lmdbLedger({ path })];
    await first.open();
    await second.open();
    const key = 'ab'.repeat(32);
    await first.lookupOrClaim([key], new AbortController().signal);
    const refused = Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    const looked = Promise.withResolvers<void>();
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      looked.resolve();
      throw refused;
    });
    try {
      const stop = new AbortController();
      const waiting = second.lookupOrClaim([key], stop.signal).then(
        () => 'has the claim too',
        () => 'waited',
      );
      await looked.promise;
      await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      expect(await waiting).toBe('waited');
    } finally {
      kill.mockRestore();
      await first.close();
      await second.close();
    }
  });

  it('keeps its files from other users', async () => {
    const path = join(folder, 'private');
    const ledger = lmdbLedger({ path });
    await ledger.open();
    await ledger.close();
    for (const file of await readdir(path)) expect((await stat(join(path, file))).mode & 0o077, file).toBe(0);
  });
});

describe('lmdbLedger on disk', () => {
  it('remembers after it was closed', async () => {
    const path = join(folder, 'kept');
    const ask = async (): Promise<string> => {
      const ledger = lmdbLedger({ path });
      await ledger.open();
      const { cache } = await firstValueFrom(payOnce(ledger, counting([plan('a')]))(request({ picture: 'kept' })));
      await ledger.close();
      return cache;
    };
    expect([await ask(), await ask()]).toEqual(['none', 'ledger']);
  });

  it('names its path where the folder cannot be made', async () => {
    const path = join(folder, 'a-file', 'db');
    await writeFile(join(folder, 'a-file'), '');
    await expect(lmdbLedger({ path }).open()).rejects.toMatchObject({ code: 'LEDGER_FAILED', message: expect.stringContaining(path) });
  });
});

it('keeps the identity of a request free of names, weights and the order of parameters', () => {
  const asked = request({ picture: 'p' });
  const one = requestHash(asked, { ...plan('x', 'm'), params: { a: 1, b: { c: 2, d: 3 } } });
  const two = requestHash(asked, { ...plan('y', 'm'), params: { b: { d: 3, c: 2 }, a: 1 } });
  expect(one).toBe(two);
  const others = [
    requestHash(request({ picture: 'q' }), plan('x', 'm')),
    requestHash({ ...asked, prompt: { ...asked.prompt, hash: 'other' } }, plan('x', 'm')),
    requestHash(asked, plan('x', 'n')),
    requestHash(asked, { ...plan('x', 'm'), params: { a: 2 } }),
  ];
  expect(new Set([one, ...others]).size).toBe(5);
});

it('does not wait for the ledger any more when the last listener has left', async () => {
  const seen: AbortSignal[] = [];
  const ledger: Ledger = {
    ...memoryLedger(),
    async lookupOrClaim(_, signal) {
      seen.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    },
  };
  const asked = payOnce(ledger, counting([plan('a')]));
  const listeners = [1, 2].map(() => asked(request({ picture: 'left' })).subscribe());
  listeners[0]!.unsubscribe();
  expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
  listeners[1]!.unsubscribe();
  expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
});

it('does not keep a failure', async () => {
  const ledger = memoryLedger();
  let calls = 0;
  const failing = makeCaptioner(
    () => (calls++ === 0 ? new Observable<Answer>((s) => s.error(new Error('no'))) : of(answer('yes', 'a', 'aa'))),
    {
      targets: [plan('a')],
      paths: [],
      notes: [],
    },
  );
  const asked = payOnce(ledger, failing);
  await expect(firstValueFrom(asked(request({ picture: 'f' })))).rejects.toThrow('no');
  expect((await firstValueFrom(asked(request({ picture: 'f' })))).text).toBe('yes');
});
