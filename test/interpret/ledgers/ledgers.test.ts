import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Observable, firstValueFrom, of } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/interpret/caption.ts';
import { type Captioner, type TargetPlan, captioner } from '../../../src/interpret/captioner.ts';
import { payOnce } from '../../../src/interpret/combinators/payOnce.ts';
import type { Ledger, Paid } from '../../../src/interpret/ledger.ts';
import { lmdbLedger } from '../../../src/interpret/ledgers/lmdbLedger.ts';
import { memoryLedger } from '../../../src/interpret/ledgers/memoryLedger.ts';
import { requestHash } from '../../../src/interpret/requestHash.ts';
import { request } from '../support/request.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-ledger-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const plan = (target: string, model = target): TargetPlan => ({
  target,
  provider: 'stub',
  model,
  params: {},
  limits: [],
  worstCostUsd: () => 0,
  missingKeys: () => [],
});

/** A captioner that counts its calls and answers with the last of its targets. */
function counting(targets: readonly TargetPlan[], delayMs = 0): Captioner & { calls: number } {
  const made = captioner(
    (asked) =>
      new Observable<Answer>((subscriber) => {
        made.calls++;
        const target = targets.at(-1)!;
        const timer = setTimeout(() => {
          subscriber.next(answer(`call ${made.calls}`, target.target, requestHash(asked, target)));
          subscriber.complete();
        }, delayMs);
        return () => clearTimeout(timer);
      }),
    { targets, paths: [], notes: [] },
  ) as Captioner & { calls: number };
  made.calls = 0;
  return made;
}

const answer = (text: string, target: string, hash: string): Answer => ({
  text,
  target,
  provider: 'stub',
  model: target,
  inputTokens: 1,
  outputTokens: 1,
  costUsd: 0.001,
  priceDate: '2026-11-10',
  flags: [],
  cache: 'none',
  requestHash: hash,
});

describe.each([
  ['memoryLedger', () => memoryLedger()],
  ['lmdbLedger', () => lmdbLedger({ path: join(folder, `db-${Math.random()}`) })],
] as [string, () => Ledger][])('%s', (_, make) => {
  const opened = async (): Promise<Ledger> => {
    const ledger = make();
    await ledger.open();
    return ledger;
  };

  it('finds what was paid under any of the keys, and nothing else', async () => {
    const ledger = await opened();
    const paid: Paid = { answer: answer('a', 't', 'aa'), route: [] };
    await ledger.intend('aa', Date.now() + 1000);
    await ledger.pay('aa', paid);
    expect(await ledger.find(['bb', 'aa'])).toEqual(paid);
    expect(await ledger.find(['bb'])).toBeUndefined();
    await ledger.close();
  });

  it('does not pay for the same picture twice, also when targets were added', async () => {
    const ledger = await opened();
    const before = counting([plan('a')]);
    const after = counting([plan('b'), plan('a'), plan('c')]);
    const first = await firstValueFrom(payOnce(ledger, before)(request({ picture: 'same' })));
    const again = await firstValueFrom(payOnce(ledger, after)(request({ picture: 'same' })));
    expect(first.cache).toBe('none');
    expect(again).toEqual({ ...first, cache: 'ledger' });
    expect(after.calls).toBe(0);
    await ledger.close();
  });

  it('tells pictures apart that are asked about with the same words', async () => {
    const ledger = await opened();
    const inner = counting([plan('a')]);
    const asked = payOnce(ledger, inner);
    const texts = new Set<string>();
    for (let n = 0; n < 20; n++) texts.add((await firstValueFrom(asked(request({ picture: `frame ${n}` })))).text);
    expect(texts.size).toBe(20);
    await ledger.close();
  });

  it('asks once for identical requests at the same time, and hangs up when the last one leaves', async () => {
    const ledger = await opened();
    const inner = counting([plan('a')], 30);
    const asked = payOnce(ledger, inner);
    const both = await Promise.all([1, 2].map(() => firstValueFrom(asked(request({ picture: 'twin' })))));
    expect(inner.calls).toBe(1);
    expect(both.map(({ cache }) => cache)).toEqual(['none', 'ledger']);
    const one = asked(request({ picture: 'gone' })).subscribe();
    const other = asked(request({ picture: 'gone' })).subscribe();
    one.unsubscribe();
    other.unsubscribe();
    expect((await firstValueFrom(asked(request({ picture: 'gone' })))).cache).toBe('none');
    await ledger.close();
  });

  it('has written the answer before anybody downstream sees it', async () => {
    const inner = counting([plan('a')]);
    const ledger = await opened();
    const order: string[] = [];
    const watched: Ledger = {
      ...ledger,
      pay: async (key, paid) => {
        await ledger.pay(key, paid);
        order.push('safe');
      },
    };
    await firstValueFrom(payOnce(watched, inner)(request({ picture: 'order' }))).then(() => order.push('seen'));
    expect(order).toEqual(['safe', 'seen']);
    await ledger.close();
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

it('does not keep a failure', async () => {
  const ledger = memoryLedger();
  let calls = 0;
  const failing = captioner(
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
