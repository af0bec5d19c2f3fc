import { Observable, firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import type { Answer } from '../../../src/interpret/caption.ts';
import { type Captioner, type TargetPlan, captioner } from '../../../src/interpret/captioner.ts';
import { payOnce } from '../../../src/interpret/combinators/payOnce.ts';
import type { Ledger, Paid } from '../../../src/interpret/ledger.ts';
import { requestHash } from '../../../src/interpret/requestHash.ts';
import { request } from '../support/request.ts';

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

/** What every ledger does. */
export function ledgerContract(make: () => Ledger): void {
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
}
