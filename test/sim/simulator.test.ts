import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { type SimulatorOptions } from '../../src/sim/options/simulatorOptions.ts';
import { anthropic, asks, captionIn, gemini, openai, picture, post } from './asking.ts';

const left = await picture([
  { x: 20, y: 80, width: 50, height: 60, on: false },
  { x: 70, y: 80, width: 50, height: 60, on: true },
]);
const right = await picture([{ x: 230, y: 90, width: 60, height: 60 }]);

async function withSimulator<T>(options: SimulatorOptions, use: (simulator: Simulator) => Promise<T>): Promise<T> {
  const simulator = await startSimulator(options);
  try {
    return await use(simulator);
  } finally {
    await simulator.close();
  }
}

describe('three vendors at one address', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(async () => await simulator.close());

  it('speaks OpenAI chat completions', async () => {
    const { status, body } = await openai(simulator.url, { image: left });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o',
      choices: [{ finish_reason: 'stop', message: { refusal: null } }],
    });
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
    expect(body.usage.prompt_tokens_details.image_tokens).toBe(255);
  });

  it('speaks Anthropic messages', async () => {
    const { status, body } = await anthropic(simulator.url, { image: left });
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'message', role: 'assistant', content: [{ type: 'text' }], stop_reason: 'end_turn' });
    expect(body.usage.input_tokens).toBeGreaterThan(Math.ceil(320 / 28) * Math.ceil(240 / 28));
  });

  it('speaks Gemini generateContent, on AI Studio and on Vertex', async () => {
    const { status, body } = await gemini(simulator.url, { image: left, model: 'gemini-2.5-pro' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ candidates: [{ finishReason: 'STOP' }], modelVersion: 'gemini-2.5-pro' });
    const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount } = body.usageMetadata;
    expect(thoughtsTokenCount).toBeGreaterThanOrEqual(128);
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount);
    const vertex = await post(
      `${simulator.url}/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-2.5-pro:generateContent`,
      { authorization: 'Bearer ya29.token' },
      { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: left.toString('base64') } }] }] },
    );
    expect(vertex.status).toBe(200);
  });

  it('describes the image: another place, other words; the same image, the same words', async () => {
    for (const ask of Object.values(asks)) {
      const first = captionIn(await ask(simulator.url, { image: left }));
      expect(first).toMatch(/left/);
      expect(captionIn(await ask(simulator.url, { image: right }))).not.toMatch(/left/);
      expect(captionIn(await ask(simulator.url, { image: right }))).toMatch(/right/);
      expect(captionIn(await ask(simulator.url, { image: left }))).toBe(first);
    }
  });

  it('says so when nothing is there', async () => {
    const blank = await picture([]);
    for (const ask of Object.values(asks))
      expect(captionIn(await ask(simulator.url, { image: blank }))).toMatch(/\b(no|don't see|static)\b/i);
  });

  it("answers in each vendor's style", async () => {
    expect(captionIn(await openai(simulator.url, { image: left }))).toMatch(/^(The|This|In this) (image|event-camera)/);
    expect(captionIn(await anthropic(simulator.url, { image: left }))).toMatch(/^[#*].*\n\n.*\n\n- \*\*/s);
    expect(captionIn(await gemini(simulator.url, { image: left })).length).toBeLessThan(120);
  });

  it("answers bytes that are no image with that vendor's 400", async () => {
    const image = Buffer.from('this is not a picture, whatever it says');
    expect((await openai(simulator.url, { image })).body.error.code).toBe(null);
    expect((await openai(simulator.url, { image })).body.error.message).toMatch(/unsupported image/);
    expect((await anthropic(simulator.url, { image })).body).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Could not process image' },
    });
    expect((await gemini(simulator.url, { image })).body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    for (const ask of Object.values(asks)) {
      expect((await ask(simulator.url, { image: left.subarray(0, left.length >> 1) })).status, 'half a picture').toBe(400);
      expect((await ask(simulator.url, { image: left, mediaType: 'image/jpeg' })).status, 'a PNG called JPEG').toBe(400);
      expect((await ask(simulator.url, {})).status, 'no picture').toBe(400);
    }
  });

  it('refuses what the vendors refuse', async () => {
    const noLimit = await post(
      `${simulator.url}/v1/messages`,
      { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      { model: 'claude-3-7-sonnet', messages: [] },
    );
    expect(noLimit).toMatchObject({ status: 400, body: { error: { message: 'max_tokens: Field required' } } });
    const noVersion = await post(`${simulator.url}/v1/messages`, { 'x-api-key': 'k' }, {});
    expect(noVersion.body.error.message).toMatch(/anthropic-version/);
    const sampling = await post(
      `${simulator.url}/v1/messages`,
      { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      { model: 'claude-sonnet-5-5', max_tokens: 9, temperature: 0.2, messages: [{ role: 'user', content: 'x' }] },
    );
    expect(sampling.body.error.message).toMatch(/temperature/);
    const noMessages = await post(`${simulator.url}/v1/chat/completions`, { authorization: 'Bearer k' }, { model: 'gpt-4o' });
    expect(noMessages.body.error.message).toMatch(/'messages'/);
    expect((await post(`${simulator.url}/v1/chat/completions`, { authorization: 'Bearer k' }, '{"model"')).status).toBe(400);
    expect((await post(`${simulator.url}/v1/embeddings`, {}, {})).status).toBe(404);
  });

  it('asks for a key as each vendor does', async () => {
    expect((await openai(simulator.url, { image: left, key: ' ' })).body.error.code).toBe('invalid_api_key');
    expect((await post(`${simulator.url}/v1/messages`, {}, {})).body.error.type).toBe('authentication_error');
    expect((await post(`${simulator.url}/v1beta/models/gemini-2.5-flash:generateContent`, {}, {})).body.error.status).toBe(
      'PERMISSION_DENIED',
    );
  });

  it('cuts at the limit and says so in the words of each wire', async () => {
    expect((await openai(simulator.url, { image: left, maxTokens: 5 })).body.choices[0].finish_reason).toBe('length');
    expect((await anthropic(simulator.url, { image: left, maxTokens: 5 })).body).toMatchObject({
      stop_reason: 'max_tokens',
      usage: { output_tokens: 5 },
    });
    const starved = await gemini(simulator.url, { image: left, maxTokens: 100, model: 'gemini-2.5-pro' });
    expect(starved.body.candidates[0].finishReason).toBe('MAX_TOKENS');
    expect(starved.body.candidates[0].content.parts, 'thinking ate the budget').toBeUndefined();
  });

  it('answers with JSON of the schema asked for', async () => {
    const schema = {
      type: 'object',
      properties: {
        short: { type: 'string' },
        motion: { type: 'object', properties: { direction: { type: 'string', enum: ['left', 'right', 'up', 'down', 'unknown', 'none'] } } },
        objects: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' }, count: { type: 'integer' } } } },
        confidence: { type: 'number', minimum: 0, maximum: 1 },
        empty: { type: 'boolean' },
      },
    };
    for (const ask of Object.values(asks)) {
      const said = JSON.parse(captionIn(await ask(simulator.url, { image: left, schema })));
      expect(said).toMatchObject({
        short: expect.stringMatching(/left/),
        motion: { direction: 'right' },
        objects: [{ count: 1 }],
        empty: false,
      });
      expect(said.confidence).toBeGreaterThan(0);
    }
  });
});

describe('quotas', () => {
  const quota = { requestsPerMinute: 60, inputTokensPerMinute: 100_000, burstMs: 2_000 };

  it('lets through what the bucket holds, then says when to come back', async () => {
    await withSimulator({ vendors: { openai: { quota }, anthropic: { quota }, gemini: { quota } } }, async ({ url }) => {
      for (const [name, ask] of Object.entries(asks)) {
        for (let i = 0; i < 2; i++) expect((await ask(url, { image: left })).status).toBe(200);
        const refused = await ask(url, { image: left });
        expect(refused.status).toBe(429);
        if (name === 'gemini') {
          expect([...refused.headers.keys()].filter((header) => header.includes('ratelimit') || header === 'retry-after')).toEqual([]);
          expect(refused.body.error.details.at(-1)).toMatchObject({
            '@type': expect.stringMatching(/RetryInfo$/),
            retryDelay: expect.stringMatching(/^0\.\d+s$/),
          });
        } else expect(Number(refused.headers.get('retry-after'))).toBe(1);
      }
    });
  });

  it("tells what is left in each vendor's headers", async () => {
    await withSimulator({ vendors: { openai: { quota }, anthropic: { quota } } }, async ({ url }) => {
      const { headers } = await openai(url, { image: left });
      expect(headers.get('x-ratelimit-limit-requests')).toBe('60');
      expect(headers.get('x-ratelimit-remaining-requests')).toBe('1');
      expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+ms|1s)$/);
      const claude = (await anthropic(url, { image: left })).headers;
      expect(claude.get('anthropic-ratelimit-input-tokens-limit')).toBe('100000');
      expect(Date.parse(claude.get('anthropic-ratelimit-requests-reset')!)).toBeGreaterThan(Date.now() - 100);
    });
  });

  it('counts each key apart, and knows dead and spent ones', async () => {
    const keys = [
      { key: 'a', alias: 'first' },
      { key: 'b', quota: { requestsPerMinute: 600, burstMs: 1_000 } },
      { key: 'dead', state: 'dead' as const },
      { key: 'spent', state: 'spent' as const },
    ];
    await withSimulator({ vendors: { openai: { quota: { requestsPerMinute: 1, burstMs: 60_000 }, keys } } }, async ({ url, journal }) => {
      const statuses = async (key: string, times: number): Promise<readonly number[]> =>
        (await Promise.all(Array.from({ length: times }, async () => await openai(url, { image: left, key }))))
          .map(({ status }) => status)
          .toSorted((a, b) => a - b);
      expect(await statuses('a', 3)).toEqual([200, 429, 429]);
      expect((await statuses('b', 3)).filter((status) => status === 200)).toHaveLength(3);
      expect(await statuses('dead', 1)).toEqual([401]);
      expect(await statuses('nobody', 1)).toEqual([401]);
      expect((await openai(url, { image: left, key: 'spent' })).body.error.code).toBe('insufficient_quota');
      expect(JSON.stringify(journal.entries())).not.toMatch(/"dead"|"spent"/);
      expect(journal.entries()[0]!.key).toBe('first');
    });
  });
});

describe('faults', () => {
  it('come by sequence, and only for the given time', async () => {
    await withSimulator({ vendors: { openai: { faults: [{ fault: 'overloaded', attempts: [1, 3] }] } } }, async ({ url }) => {
      const statuses = [];
      for (let i = 0; i < 4; i++) statuses.push((await openai(url, { image: left })).status);
      expect(statuses).toEqual([503, 200, 503, 200]);
    });
  });

  it('come with a probability, the same ones in every run of the same seed', async () => {
    const images = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => await picture([{ x: i * 4, y: 20, width: 40, height: 40 }])),
    );
    const run = async (seed: number): Promise<readonly number[]> =>
      await withSimulator({ seed, vendors: { anthropic: { faults: [{ fault: 'overloaded', probability: 0.3 }] } } }, async ({ url }) =>
        (await Promise.all(images.map(async (image) => await anthropic(url, { image })))).map(({ status }) => status),
      );
    const first = await run(7);
    const failed = first.filter((status) => status === 529).length;
    expect(failed).toBeGreaterThan(6);
    expect(failed).toBeLessThan(32);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  it('reset, stall and cut the connection; the journal says what came of it', async () => {
    await withSimulator({ vendors: { openai: {} } }, async ({ url, change, journal }) => {
      const only = (fault: 'reset' | 'stall' | 'stall_after_headers' | 'cut_body'): void => change('openai', { faults: [{ fault }] });
      only('reset');
      await expect(openai(url, { image: left })).rejects.toThrow('fetch failed');
      only('cut_body');
      await expect(openai(url, { image: left })).rejects.toThrow('terminated');
      only('stall');
      await expect(openai(url, { image: left, signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
      only('stall_after_headers');
      await expect(openai(url, { image: left, signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
      await expect
        .poll(() => journal.entries().map(({ status, outcome, costUsd }) => [status, outcome, costUsd]))
        .toEqual([
          [0, 'reset', 0],
          [200, 'cut_body', 0],
          [0, 'stall', 0],
          [200, 'stall_after_headers', 0],
        ]);
      expect(journal.entries()[2]!.ms).toBeGreaterThan(150);
    });
  });

  it('refuse in the form of each vendor', async () => {
    const faults = [{ fault: 'refusal' as const }];
    await withSimulator({ vendors: { openai: { faults }, anthropic: { faults }, gemini: { faults } } }, async ({ url }) => {
      const { message, finish_reason: reason } = (await openai(url, { image: left })).body.choices[0];
      expect([message.content, reason]).toEqual([null, 'stop']);
      expect(message.refusal).toMatch(/sorry/);
      expect((await anthropic(url, { image: left })).body).toMatchObject({ stop_reason: 'refusal', content: [] });
      expect((await gemini(url, { image: left })).body.candidates[0].finishReason).toBe('SAFETY');
    });
  });

  it('break the answer: not JSON, no caption, no usage', async () => {
    await withSimulator({ vendors: { gemini: {} } }, async ({ url, change }) => {
      change('gemini', { faults: [{ fault: 'malformed' }] });
      expect(await gemini(url, { image: left })).toMatchObject({ status: 200, body: undefined });
      change('gemini', { faults: [{ fault: 'blocked' }] });
      expect((await gemini(url, { image: left })).body).toMatchObject({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } });
      change('gemini', { faults: [{ fault: 'no_usage' }] });
      expect((await gemini(url, { image: left })).body.usageMetadata).toBeUndefined();
    });
  });
});

describe('the journal', () => {
  it('has a line for each attempt and bills what was answered', async () => {
    await withSimulator(
      { journalEntries: 2, vendors: { openai: { faults: [{ fault: 'server_error', first: 1 }] } } },
      async ({ url, journal }) => {
        await openai(url, { image: left });
        const { body } = await openai(url, { image: left });
        const answered = journal.entries().at(-1)!;
        expect(journal.entries().map(({ status }) => status)).toEqual([500, 200]);
        expect(answered).toMatchObject({ inputTokens: body.usage.prompt_tokens, outputTokens: body.usage.completion_tokens });
        expect(answered.costUsd).toBeCloseTo((body.usage.prompt_tokens * 2.5 + body.usage.completion_tokens * 10) / 1e6, 12);
        await openai(url, { image: right });
        expect(journal.entries(), 'bounded').toHaveLength(2);
        expect(journal.totals()).toMatchObject({ requests: 3, ok: 2, byStatus: { 500: 1, 200: 2 } });
        expect(journal.timesSeen('openai', answered.imageSha256)).toBe(2);
        const totals = await (await fetch(`${url}/_sim/totals`)).json();
        expect(totals).toEqual(journal.totals());
      },
    );
  });

  it('distinguishes an answer that the client did not wait for', async () => {
    await withSimulator({ vendors: { openai: { latency: 5_000 } } }, async ({ url, journal, inFlight }) => {
      await expect(openai(url, { image: left, signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout');
      await expect.poll(() => journal.entries()).toMatchObject([{ outcome: 'aborted', status: 0, costUsd: 0 }]);
      expect(inFlight('openai')).toBe(0);
    });
  });
});

describe('options', () => {
  it('are refused with the field and the value found', async () => {
    await expect(startSimulator({ vendors: { openai: { latency: -1 } } })).rejects.toThrow(/simulator\.vendors\.openai\.latency.*-1/s);
    await expect(startSimulator({ vendors: { mine: {} } })).rejects.toThrow(/simulator\.vendors\.mine\.wire/);
  });

  it('give two vendors the same wire under their own names', async () => {
    await withSimulator(
      { vendors: { openai: {}, local: { wire: 'openai', faults: [{ fault: 'server_error' }] } } },
      async ({ urls, url }) => {
        expect((await openai(urls['local']!, { image: left })).status).toBe(500);
        expect((await openai(urls['openai']!, { image: left })).status).toBe(200);
        expect((await openai(url, { image: left })).status).toBe(200);
      },
    );
  });
});
