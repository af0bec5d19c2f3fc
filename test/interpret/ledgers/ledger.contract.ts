import { createHash } from 'node:crypto';
import { Observable, firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import type { TargetPlan } from '../../../src/interpret/plan.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';
import { payOnce } from '../../../src/interpret/payOnce.ts';
import type { Claim, Ledger, PaidAnswer } from '../../../src/interpret/ledger.ts';
import { requestHash } from '../../../src/interpret/requestHash.ts';
import { request } from '../support/request.ts';
import { type FrozenOptions, freeze } from './frozen.ts';

/** The signal of a caller that never ends the wait. */
export const never = new AbortController().signal;

export const plan = (target: string, model = target): TargetPlan => ({
  target,
  provider: 'stub',
  model,
  params: {},
  limits: [],
  worstCostUsd: () => 0,
  missingKeys: () => [],
});

/** A captioner that counts its calls and answers with the last of its targets. */
export function counting(targets: readonly TargetPlan[], delayMs = 0): Captioner & { calls: number } {
  const made = makeCaptioner(
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

export const answer = (text: string, target: string, hash: string): Answer => ({
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

/** A request hash of its own for each name. */
export const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');

const paidText = (key: string, text: string): PaidAnswer => ({ answer: answer(text, 't', key), route: [] });

/** What was looked for is the caller's to ask for. */
export async function claimed(ledger: Ledger, ...keys: string[]): Promise<Claim> {
  const found = await ledger.lookupOrClaim(keys, never);
  if ('answer' in found) throw new Error(`${keys.join(', ')} was paid for`);
  return found;
}

/** What every ledger does. */
export function ledgerContract(make: () => Ledger): void {
  const opened = async (): Promise<Ledger> => {
    const ledger = make();
    await ledger.open();
    return ledger;
  };

  it('finds what was paid under any of the keys, and nothing else', async () => {
    const ledger = await opened();
    const [a, b] = [hashOf('a'), hashOf('b')];
    const paid: PaidAnswer = { answer: answer('a', 't', a), route: [] };
    const claim = await claimed(ledger, a);
    expect(claim.mayCall()).toBe(true);
    await ledger.commit(a, paid);
    claim.release();
    expect(await ledger.lookupOrClaim([b, a], never)).toEqual(paid);
    expect((await claimed(ledger, b)).mayCall()).toBe(true);
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
      commit: async (key, paid) => {
        await ledger.commit(key, paid);
        order.push('safe');
      },
    };
    await firstValueFrom(payOnce(watched, inner)(request({ picture: 'order' }))).then(() => order.push('seen'));
    expect(order).toEqual(['safe', 'seen']);
    await ledger.close();
  });
}

/** What every ledger does that several processes share. `make` returns one more on the same answers. */
export function sharedLedgerContract(share: () => () => Ledger): void {
  const pair = async (): Promise<[Ledger, Ledger]> => {
    const make = share();
    const [one, two] = [make(), make()];
    await one.open();
    await two.open();
    return [one, two];
  };
  it('gives the claim to one of those that look at the same time, and the answer to the others', async () => {
    const ledgers = await pair();
    const ask = async (ledger: Ledger, key: string): Promise<string> => {
      const found = await ledger.lookupOrClaim([key], never);
      if ('answer' in found) return found.answer.text;
      expect(found.mayCall()).toBe(true);
      await ledger.commit(key, paidText(key, 'bought'));
      found.release();
      return 'called';
    };
    const keys = Array.from({ length: 20 }, (_, n) => hashOf(`at once ${n}`));
    const outcomes = await Promise.all(keys.map(async (key) => Promise.all(ledgers.map(async (ledger) => ask(ledger, key)))));
    for (const both of outcomes) expect(both.toSorted()).toEqual(['bought', 'called']);
    await Promise.all(ledgers.map(async (ledger) => ledger.close()));
  });

  it('passes on a claim that was given up without an answer', async () => {
    const [one, two] = await pair();
    const key = hashOf('given up');
    const first = await claimed(one, key);
    const second = claimed(two, key);
    first.release();
    expect(first.mayCall()).toBe(false);
    expect((await second).mayCall()).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  it('ends the wait for a call of another when the signal aborts, and leaves no claim behind', async () => {
    const [one, two] = await pair();
    const key = hashOf('not waited for');
    const claim = await claimed(one, key);
    const left = new AbortController();
    const waiting = two.lookupOrClaim([key], left.signal);
    left.abort(new Error('the caller has left'));
    await expect(waiting).rejects.toThrow('the caller has left');
    claim.release();
    expect((await claimed(one, key)).mayCall()).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  it('makes no second call for what was paid under another key of the same request', async () => {
    const [one, two] = await pair();
    const [first, fallback] = [hashOf('first choice'), hashOf('fallback')];
    const claim = await claimed(one, first, fallback);
    const other = two.lookupOrClaim([first, fallback], never);
    await one.commit(fallback, paidText(fallback, 'of the fallback'));
    claim.release();
    expect(await other).toMatchObject({ answer: { text: 'of the fallback' } });
    await Promise.all([one.close(), two.close()]);
  });
}

/**
 * One that was frozen between its look and its call, for so long that another took the call over: a thread whose event
 * loop stands still. `share` says how the thread makes its ledger, of the same answers as `make`.
 */
export function frozenLedgerContract(share: () => { readonly make: () => Ledger; readonly thread: FrozenOptions['ledger'] }): void {
  it('makes no call when it wakes after another has paid, and finds the answer', async () => {
    const { make, thread } = share();
    const key = hashOf('frozen');
    const ledger = make();
    await ledger.open();
    const frozen = freeze({ ledger: thread, key });
    try {
      expect(await frozen.next()).toEqual({ mayCall: true });
      const claim = await claimed(ledger, key);
      expect(claim.mayCall()).toBe(true);
      await ledger.commit(key, paidText(key, 'of the other'));
      claim.release();
      frozen.thaw();
      expect(await frozen.next()).toEqual({ mayCall: false });
      expect(await frozen.next()).toEqual({ found: 'of the other' });
    } finally {
      frozen.thaw();
      await frozen.end();
      await ledger.close();
    }
  });
}
