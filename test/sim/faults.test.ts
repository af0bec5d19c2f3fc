import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrorFault, errorFaults } from '../../src/sim/faults/faultNames.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { anthropic, asks, captionIn, openai, picture, post } from './asking.ts';

const image = await picture([{ x: 20, y: 80, width: 50, height: 60 }]);

/** Status by vendor, and a word that tells the fact apart from others with the same status. */
const expected: Partial<Record<ErrorFault, Readonly<Record<keyof typeof asks, readonly [number, RegExp]>>>> = {
  rate_limit: { openai: [429, /rate_limit_exceeded/], anthropic: [429, /rate_limit_error/], gemini: [429, /RetryInfo/] },
  quota_spent: { openai: [429, /insufficient_quota/], anthropic: [402, /spend cap/], gemini: [429, /prepayment credits/] },
  quota_daily: { openai: [429, /per day/], anthropic: [429, /per day/], gemini: [429, /rpc\.Help/] },
  shared_capacity: {
    openai: [429, /heavy load/],
    anthropic: [429, /ramp up/],
    gemini: [429, /^\{"error":\{"code":429,"message":"Resource exhausted\. [^"]+","status":"RESOURCE_EXHAUSTED"\}\}$/],
  },
  overloaded: { openai: [503, /overloaded/], anthropic: [529, /overloaded_error/], gemini: [503, /UNAVAILABLE/] },
  bad_gateway: { openai: [502, /<html>/], anthropic: [502, /<html>/], gemini: [502, /<html>/] },
  too_large: { openai: [413, /too_large/], anthropic: [413, /<html>/], gemini: [413, /20971520/] },
  credential: { openai: [401, /invalid_api_key/], anthropic: [401, /authentication_error/], gemini: [401, /UNAUTHENTICATED/] },
  credential_as_400: { openai: [400, /API key/], anthropic: [400, /API key/], gemini: [400, /API_KEY_INVALID/] },
  credit_balance: { openai: [402, /billing/], anthropic: [400, /credit balance is too low/], gemini: [403, /billing/] },
  model_gone_as_400: {
    openai: [400, /ValidationException/],
    anthropic: [400, /no longer available/],
    gemini: [400, /no longer available/],
  },
  context_length: {
    openai: [400, /context_length_exceeded/],
    anthropic: [400, /prompt is too long/],
    gemini: [400, /exceeds the maximum number of tokens/],
  },
  content_policy: { openai: [400, /content_policy_violation/], anthropic: [400, /content filtering/], gemini: [400, /content policy/] },
};

describe('error replies', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(async () => await simulator.close());

  const header = async (retryAfterAs: 'seconds' | 'milliseconds' | 'date' | 'none', name: string): Promise<string | null> => {
    simulator.change('anthropic', { faults: [{ fault: 'rate_limit', retryAfterMs: 2_500, retryAfterAs }] });
    return (await anthropic(simulator.url, { image })).headers.get(name);
  };

  it.each(errorFaults)('%s has the status and the words of each vendor', async (fault) => {
    for (const name of Object.keys(asks) as (keyof typeof asks)[]) {
      simulator.change(name, { faults: [{ fault, retryAfterMs: 2_000 }] });
      const { status, raw } = await asks[name](simulator.url, { image });
      expect(status).toBeGreaterThanOrEqual(400);
      const [code, words] = expected[fault]?.[name] ?? [status, /(?:)/];
      expect([name, status, raw]).toEqual([name, code, expect.stringMatching(words)]);
    }
  });

  it('tell the time to wait as asked: seconds, milliseconds, a date', async () => {
    expect(await header('seconds', 'retry-after')).toBe('3');
    expect(await header('milliseconds', 'retry-after-ms')).toBe('2500');
    expect(Date.parse((await header('date', 'retry-after'))!) - Date.now()).toBeGreaterThan(1_000);
    expect(await header('none', 'retry-after')).toBe(null);
  });
});

describe('OpenAI responses and Azure', () => {
  const input = [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What moves?' },
        { type: 'input_image', image_url: `data:image/png;base64,${image.toString('base64')}` },
      ],
    },
  ];

  it('answer, refuse and cut in their own shape', async () => {
    const simulator = await startSimulator({ vendors: { openai: {} } });
    try {
      const ask = async (extra: object = {}): Promise<Awaited<ReturnType<typeof post>>> =>
        await post(`${simulator.url}/v1/responses`, { authorization: 'Bearer k' }, { model: 'gpt-4.1-mini', input, ...extra });
      expect((await ask()).body).toMatchObject({
        object: 'response',
        status: 'completed',
        output: [{ content: [{ type: 'output_text', text: expect.stringMatching(/left/) }] }],
      });
      expect((await ask({ max_output_tokens: 4 })).body).toMatchObject({
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
      });
      simulator.change('openai', { faults: [{ fault: 'refusal' }] });
      expect((await ask()).body.output[0].content[0].type).toBe('refusal');
    } finally {
      await simulator.close();
    }
  });

  it('take the deployment from the path and the key from api-key', async () => {
    const simulator = await startSimulator({ vendors: { openai: {} } });
    try {
      const content = [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image.toString('base64')}` } }];
      const url = `${simulator.url}/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01`;
      expect(await post(url, { 'api-key': 'k' }, { messages: [{ role: 'user', content }] })).toMatchObject({
        status: 200,
        body: { model: 'gpt-4o' },
      });
    } finally {
      await simulator.close();
    }
  });
});

describe('conditions', () => {
  it('a capacity limit refuses the calls above it, or queues them', async () => {
    const simulator = await startSimulator({ vendors: { openai: { latency: 150, concurrency: 2 } } });
    try {
      const four = async (): Promise<readonly number[]> =>
        (await Promise.all(Array.from({ length: 4 }, async () => await openai(simulator.url, { image }))))
          .map(({ status }) => status)
          .toSorted((a, b) => a - b);
      expect(await four()).toEqual([200, 200, 503, 503]);
      simulator.change('openai', { latency: 150, whenFull: 'queue' });
      const start = performance.now();
      expect(await four()).toEqual([200, 200, 200, 200]);
      expect(performance.now() - start, 'two after two').toBeGreaterThan(290);
    } finally {
      await simulator.close();
    }
  });

  it('an outage has a beginning and an end, on a clock that can be made to run faster', async () => {
    const faults = [{ fault: 'unavailable' as const, fromMs: 0, toMs: 20_000 }];
    const simulator = await startSimulator({ clockScale: 100, vendors: { openai: { faults } } });
    try {
      expect((await openai(simulator.url, { image })).status).toBe(503);
      await expect.poll(() => simulator.now(), { timeout: 2_000 }).toBeGreaterThan(20_000);
      expect((await openai(simulator.url, { image })).status).toBe(200);
    } finally {
      await simulator.close();
    }
  });

  it('a spike makes everything slower for a while', async () => {
    const phases = [{ fromMs: 0, toMs: 1_000_000, latencyTimes: 20 }];
    const simulator = await startSimulator({ vendors: { openai: { latency: 10, phases } } });
    try {
      const start = performance.now();
      expect(captionIn(await openai(simulator.url, { image }))).not.toBe('');
      expect(performance.now() - start).toBeGreaterThan(190);
    } finally {
      await simulator.close();
    }
  });

  it('TLS spoken to a server without it fails before any HTTP', async () => {
    const simulator = await startSimulator();
    try {
      await expect(openai(simulator.url.replace('http:', 'https:'), { image })).rejects.toThrow('fetch failed');
      expect(simulator.journal.entries()).toEqual([]);
    } finally {
      await simulator.close();
    }
  });
});
