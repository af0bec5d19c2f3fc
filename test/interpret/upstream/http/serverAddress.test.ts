import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { openai } from '../../../../src/interpret/providers/openai.ts';
import { onceResolved } from '../../../../src/interpret/upstream/onceResolved.ts';
import { serverAddress } from '../../../../src/interpret/upstream/http/serverAddress.ts';
import { request } from '../../support/request.ts';
import { chatAnswer, json, stubServer } from '../../support/stubServer.ts';

describe('the address of a server', () => {
  it('is at hand where it is stated', () => {
    expect(serverAddress('https://example.org/v1/', '/chat')()).toEqual({ origin: 'https://example.org', path: '/v1/chat' });
  });

  it('is looked up once, at the first call, however many ask at once', async () => {
    let lookUps = 0;
    const address = serverAddress(async () => `https://host-${++lookUps}.org/v1`, '/chat');
    expect(lookUps).toBe(0);
    const found = await Promise.all([address(), address()]);
    expect(found.map(({ origin }) => origin)).toEqual(['https://host-1.org', 'https://host-1.org']);
    expect(address()).toBe(found[0]);
  });

  it('is looked up again after a look-up that failed (issue 10)', async () => {
    let lookUps = 0;
    const address = serverAddress(async () => {
      if (lookUps++ === 0) throw new Error('EAI_AGAIN');
      return 'https://example.org';
    }, '/chat');
    await expect(address()).rejects.toThrow('EAI_AGAIN');
    expect(await address()).toMatchObject({ origin: 'https://example.org' });
  });
});

it('a failed look-up of the address fails one call, and takes no key out of use', async () => {
  await using server = await stubServer((response) => json(response, 200, chatAnswer('yes')));
  let lookUps = 0;
  const target = openai({
    model: 'gpt-4o',
    baseUrl: async () => {
      if (lookUps++ === 0) throw new Error('getaddrinfo EAI_AGAIN');
      return server.url;
    },
  });
  const asked = request();
  await expect(firstValueFrom(target(asked))).rejects.toMatchObject({ code: 'PROVIDER_FAILED', retryable: true });
  expect(asked.route).toMatchObject([{ outcome: 'transient', reason: 'getaddrinfo EAI_AGAIN', status: 0 }]);
  expect((await firstValueFrom(target(request()))).text).toBe('yes');
  await target.close?.();
});

it('what failed is computed again, what succeeded is kept', async () => {
  const outcomes = [Promise.reject(new Error('first')), Promise.resolve(2), Promise.resolve(3)];
  outcomes[0]!.catch(() => {});
  const once = onceResolved(async () => outcomes.shift()!);
  await expect(once()).rejects.toThrow('first');
  expect(await once()).toBe(2);
  expect(await once()).toBe(2);
});
