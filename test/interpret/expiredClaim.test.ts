import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ensemble } from '../../src/interpret/combinators/ensemble.ts';
import { fallback } from '../../src/interpret/combinators/fallback.ts';
import { payOnce } from '../../src/interpret/payOnce.ts';
import { withRetries } from '../../src/interpret/combinators/withRetries.ts';
import { route } from '../../src/interpret/combinators/route.ts';
import type { Captioner } from '../../src/interpret/captioner.ts';
import type { Ledger } from '../../src/interpret/ledger.ts';
import { memoryLedger } from '../../src/interpret/ledgers/memoryLedger.ts';
import { openaiCompatible } from '../../src/interpret/providers/openaiCompatible.ts';
import { request } from './support/request.ts';
import { type StubServer, json, stubServer } from './support/stubServer.ts';

const answering = async (status = 200): Promise<StubServer> =>
  stubServer((response) =>
    json(response, status, {
      model: 'm',
      choices: [{ message: { content: 'a hand moves' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 5 },
    }),
  );

const target = ({ url }: StubServer): Captioner => openaiCompatible({ model: 'm', baseUrl: `${url}/v1` });

/** Says yes so many times, and then no. */
const times = (yes: number): (() => boolean) => {
  let asked = 0;
  return () => asked++ < yes;
};

describe('a claim that has expired', () => {
  it.each([
    ['before the call is placed', 0],
    ['while it waits for a connection', 1],
  ])('keeps the request from being written: %s', async (_, yes) => {
    await using server = await answering();
    const asked = firstValueFrom(target(server)(request({ mayCall: times(yes) })));
    await expect(asked).rejects.toMatchObject({ code: 'CLAIM_EXPIRED' });
    expect(server.seen).toHaveLength(0);
  });

  it('hangs up on a request that was let out late by what froze the process', async () => {
    await using server = await stubServer(() => {});
    const asked = firstValueFrom(target(server)(request({ mayCall: times(2) })));
    await expect(asked).rejects.toMatchObject({ code: 'CLAIM_EXPIRED' });
  });

  it.each([
    [
      'route',
      (one: Captioner, two: Captioner) => route({ targets: { one, two }, fallbacks: { one: ['two'], two: ['one'] }, backoffMs: 1 }),
    ],
    ['fallback', (one: Captioner, two: Captioner) => fallback(one, two)],
    ['withRetries', (one: Captioner) => withRetries(one, { backoffMs: 1 })],
    ['ensemble', (one: Captioner, two: Captioner) => ensemble({ targets: { one, two } })],
  ])('is no failure of a target for %s, which makes no further call', async (_, combine) => {
    await using server = await answering();
    await expect(firstValueFrom(combine(target(server), target(server))(request({ mayCall: () => false })))).rejects.toMatchObject({
      code: 'CLAIM_EXPIRED',
    });
    expect(server.seen).toHaveLength(0);
  });

  it('is asked for again before a retry and a fallback', async () => {
    await using failing = await answering(500);
    const both = route({
      targets: { one: target(failing), two: target(failing) },
      fallbacks: { one: ['two'], two: ['one'] },
      backoffMs: 1,
    });
    // Three questions a call: when it is placed, when it is written, and right after.
    await expect(firstValueFrom(both(request({ mayCall: times(3) })))).rejects.toMatchObject({ code: 'CLAIM_EXPIRED' });
    expect(failing.seen).toHaveLength(1);
  });

  it('makes the ledger be asked again, which by then may know the answer', async () => {
    await using server = await answering();
    const memory = memoryLedger();
    let looks = 0;
    const ledger: Ledger = {
      ...memory,
      async lookupOrClaim(keys, signal) {
        looks++;
        const found = await memory.lookupOrClaim(keys, signal);
        return 'answer' in found || looks > 2 ? found : { ...found, mayCall: () => false };
      },
    };
    const answer = await firstValueFrom(payOnce(ledger, target(server))(request()));
    expect(answer).toMatchObject({ text: 'a hand moves', cache: 'none' });
    expect(looks).toBe(3);
    expect(server.seen).toHaveLength(1);
  });
});
