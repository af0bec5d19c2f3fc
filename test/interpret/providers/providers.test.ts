import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { envs, known } from '../../../src/secret.ts';
import { request } from '../support/request.ts';
import { type Reply, type Seen, chatAnswer, json, stubServer } from '../support/stubServer.ts';

const keys = known('KEY_A', 'sk-secret-1');

const ask = async (make: (baseUrl: string) => Captioner, reply: Reply, asked = request()) => {
  await using server = await stubServer(reply);
  const target = make(server.url);
  try {
    const answer = await firstValueFrom(target(asked)).catch((error: unknown) => error as Error);
    return { answer, route: asked.route, seen: server.seen };
  } finally {
    await target.close?.();
  }
};

const vendors = [
  {
    name: 'openai',
    make: (baseUrl: string) => openai({ model: 'gpt-4o', keys, baseUrl }),
    answer: chatAnswer('A disc moves left.'),
    path: '/chat/completions',
    auth: { authorization: 'Bearer sk-secret-1' },
    picture: (body: Seen['json']) => body.messages[1].content[1].image_url.url.split(',')[1],
    tokens: [300, 20],
    costUsd: (300 * 2.5 + 20 * 10) / 1e6,
  },
  {
    name: 'anthropic',
    make: (baseUrl: string) => anthropic({ model: 'claude-haiku-4-5', keys, baseUrl }),
    answer: {
      model: 'claude-haiku-4-5-20251001',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: 'A disc moves left.' }],
      usage: { input_tokens: 250, cache_read_input_tokens: 50, cache_creation_input_tokens: 0, output_tokens: 20 },
    },
    path: '/messages',
    auth: { 'x-api-key': 'sk-secret-1', 'anthropic-version': '2023-06-01' },
    picture: (body: Seen['json']) => body.messages[0].content[0].source.data,
    tokens: [300, 20],
    costUsd: (250 * 1 + 50 * 0.1 + 20 * 5) / 1e6,
  },
  {
    name: 'gemini',
    make: (baseUrl: string) => gemini({ model: 'gemini-2.5-pro', keys, baseUrl }),
    answer: {
      modelVersion: 'gemini-2.5-pro',
      candidates: [{ finishReason: 'STOP', content: { parts: [{ text: 'hm', thought: true }, { text: 'A disc moves left.' }] } }],
      usageMetadata: { promptTokenCount: 300, candidatesTokenCount: 20, thoughtsTokenCount: 128 },
    },
    path: '/models/gemini-2.5-pro:generateContent',
    auth: { 'x-goog-api-key': 'sk-secret-1' },
    picture: (body: Seen['json']) => body.contents[0].parts[0].inlineData.data,
    tokens: [300, 148],
    costUsd: (300 * 1.25 + 148 * 10) / 1e6,
  },
];

describe.each(vendors)('$name', ({ make, answer, path, auth, picture, tokens, costUsd }) => {
  it('sends the picture byte for byte, with its key, and reads text, tokens and cost', async () => {
    const asked = request({ picture: '\u0000 not a picture, but bytes' });
    const result = await ask(make, (response) => json(response, 200, answer), asked);
    expect(result.seen[0]!.path).toBe(path);
    expect(result.seen[0]!.headers).toMatchObject(auth);
    expect(Buffer.from(picture(result.seen[0]!.json), 'base64')).toEqual(Buffer.from(asked.image.bytes));
    expect(JSON.stringify(result.seen[0]!.json)).toContain('Describe \\"this\\" frame.');
    expect(result.answer).toMatchObject({
      text: 'A disc moves left.',
      inputTokens: tokens[0],
      outputTokens: tokens[1],
      costUsd,
      cache: 'none',
    });
    expect(result.route).toMatchObject([
      { key: 'KEY_A', status: 200, outcome: 'ok', inputTokens: tokens[0], outputTokens: tokens[1], costUsd },
    ]);
    expect(Math.abs(result.route[0]!.startedAtUs / 1000 - Date.now())).toBeLessThan(5_000);
  });

  it('records one attempt and no cost when the upstream fails', async () => {
    const result = await ask(make, (response) => json(response, 500, { error: { message: 'oops' } }));
    expect(result.answer).toMatchObject({ code: 'PROVIDER_FAILED', retryable: true });
    expect(result.route).toMatchObject([{ status: 500, outcome: 'transient', costUsd: 0 }]);
  });

  it('takes a reply that is not JSON, or JSON without a caption, as malformed', async () => {
    for (const body of ['{"choices": [', '{}', '<html>']) {
      const result = await ask(make, (response) => json(response, 200, body));
      expect(result.route).toMatchObject([{ status: 200, outcome: 'malformed' }]);
    }
  });

  it('never names the key, in records, errors or plans', async () => {
    const result = await ask(make, (response) =>
      json(response, 401, { error: { message: 'bad key sk-secret-1', type: 'authentication_error' } }),
    );
    expect(result.route).toMatchObject([{ outcome: 'credential' }]);
    const everything = JSON.stringify([
      result.route,
      make('http://x').plan,
      (result.answer as Error).message,
      (result.answer as Error).stack,
    ]);
    expect(everything).not.toContain('sk-secret');
  });
});

it('takes what says 200 and is no caption for what it is', async () => {
  const cases: [Captioner['plan'] | ((baseUrl: string) => Captioner), object, string][] = [
    [vendors[0]!.make, chatAnswer('', { choices: [{ finish_reason: 'stop', message: { content: null, refusal: 'No.' } }] }), 'refused'],
    [vendors[0]!.make, chatAnswer('', { choices: [{ finish_reason: 'content_filter', message: { content: '' } }] }), 'blocked'],
    [vendors[0]!.make, chatAnswer('', { choices: [{ finish_reason: 'length', message: { content: '' } }] }), 'truncated'],
    [vendors[0]!.make, chatAnswer('  '), 'malformed'],
    [vendors[1]!.make, { stop_reason: 'refusal', content: [], usage: { input_tokens: 9, output_tokens: 1 } }, 'refused'],
    [vendors[2]!.make, { promptFeedback: { blockReason: 'SAFETY' } }, 'blocked'],
    [vendors[2]!.make, { candidates: [{ finishReason: 'PROHIBITED_CONTENT' }] }, 'blocked'],
    [
      vendors[2]!.make,
      { candidates: [{ finishReason: 'MAX_TOKENS' }], usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 80 } },
      'truncated',
    ],
  ];
  for (const [make, body, outcome] of cases) {
    const result = await ask(make as (baseUrl: string) => Captioner, (response) => json(response, 200, body));
    expect(result.route, JSON.stringify(body)).toMatchObject([{ status: 200, outcome }]);
  }
});

it('marks a caption that was cut by the length limit, and tokens that were not reported', async () => {
  const cut = chatAnswer('A disc mo', { choices: [{ finish_reason: 'length', message: { content: 'A disc mo' } }], usage: undefined });
  const { answer } = await ask(vendors[0]!.make, (response) => json(response, 200, cut));
  expect(answer).toMatchObject({ text: 'A disc mo', flags: ['truncated', 'estimated'], outputTokens: 3 });
});

it('says that the price of an unknown model is not known, instead of 0', async () => {
  const { answer, route } = await ask(
    (baseUrl) => openai({ model: 'gpt-99', keys, baseUrl }),
    (response) => json(response, 200, chatAnswer()),
  );
  expect(answer).toMatchObject({ costUsd: null, priceDate: '' });
  expect(route).toMatchObject([{ costUsd: null }]);
});

it('closes the socket and records it when the caller hangs up', async () => {
  await using server = await stubServer(() => {});
  const target = openai({ model: 'gpt-4o', keys, baseUrl: server.url });
  const asked = request();
  const call = target(asked).subscribe();
  await expect.poll(() => server.seen.length).toBe(1);
  call.unsubscribe();
  expect(asked.route).toMatchObject([{ outcome: 'cancelled', status: 0, costUsd: 0 }]);
  await expect.poll(() => server.seen[0]!.hungUp).toBe(true);
  await target.close?.();
});

it.each([
  ['headers', { headersMs: 80 }, () => {}],
  ['idle', { idleMs: 80 }, (response) => void response.writeHead(200).write('{')],
  ['total', { totalMs: 80 }, (response) => void setInterval(() => response.write(' '), 20).unref()],
] as [string, object, Reply][])(
  'ends a call at its %s deadline, and the upstream sees the socket close',
  async (phase, deadlines, reply) => {
    await using server = await stubServer(reply);
    const target = openai({ model: 'gpt-4o', keys, baseUrl: server.url, deadlines });
    const asked = request();
    const began = performance.now();
    const error = await firstValueFrom(target(asked)).catch((cause: unknown) => cause as Error);
    const tookMs = performance.now() - began;
    expect(error).toMatchObject({ code: 'PROVIDER_FAILED', message: expect.stringContaining(`${phase} deadline of 80 ms`) });
    expect(asked.route).toMatchObject([{ outcome: 'timeout' }]);
    expect(tookMs).toBeGreaterThan(75);
    // The budget is 50 ms over the deadline; the bound leaves room for a machine that is busy with other tests.
    expect(tookMs).toBeLessThan(80 + 2_000);
    await expect.poll(() => server.seen[0]!.hungUp).toBe(true);
    await target.close?.();
  },
);

it('does no I/O when made; a key that is not there is named by the plan, and when it is needed', async () => {
  delete process.env['SACCADE_NO_SUCH_KEY'];
  const target = openai({ model: 'gpt-4o', keys: envs('SACCADE_NO_SUCH_KEY') });
  expect(target.plan.targets[0]!.missingKeys()).toEqual(['SACCADE_NO_SUCH_KEY']);
  await expect(firstValueFrom(target(request()))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('SACCADE_NO_SUCH_KEY'),
  });
});

it('does not keep frames waiting for a target whose keys are dead', async () => {
  await using server = await stubServer((response) => json(response, 401, { error: { message: 'no', type: 'authentication_error' } }));
  const target = openai({ model: 'gpt-4o', keys, baseUrl: server.url });
  await expect(firstValueFrom(target(request()))).rejects.toMatchObject({ code: 'PROVIDER_FAILED' });
  await expect(firstValueFrom(target(request()))).rejects.toMatchObject({
    code: 'KEYS_REJECTED',
    message: expect.stringContaining('no key that works'),
  });
  expect(server.seen).toHaveLength(1);
  await target.close?.();
});

it('refuses options that it does not know, or that the model does not take', () => {
  expect(() => openai({ model: 'gpt-4o', detial: 'low' } as never)).toThrow(/openai: unknown key 'detial'/);
  expect(() => openai({ model: '' })).toThrow(/openai.model/);
  expect(() => anthropic({ model: 'claude-sonnet-5-5', temperature: 0 })).toThrow(/anthropic.temperature.*takes no temperature/);
});
