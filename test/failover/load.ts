import { setTimeout as sleep } from 'node:timers/promises';
import { type Observable, firstValueFrom, from, map } from 'rxjs';
import { Pool } from 'undici';
import type { Answer } from '../../src/interpret/caption.ts';
import { type CaptionRequest, type Captioner, captioner } from '../../src/interpret/captioner.ts';
import { route } from '../../src/interpret/combinators/route.ts';
import { anthropic } from '../../src/interpret/providers/anthropic.ts';
import { openai } from '../../src/interpret/providers/openai.ts';
import { known } from '../../src/secret.ts';
import type { JournalEntry } from '../../src/sim/vendor/journal.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { numberedImage } from './frames.ts';
import { requestOf } from './router.ts';

/*
 * How the router behaves under load: at the edge of quotas, over a change of capacity, over a blackout. Each returns what was
 * measured; the tests hold it to the promises.
 */

const pictures = await Promise.all(Array.from({ length: 200 }, async (_, n) => await numberedImage(n)));
let next = 0;
const request = (): CaptionRequest => requestOf('image', Infinity, pictures[next++ % pictures.length]);

export interface Load {
  served: number;
  failed: number;
  /** Stops asking; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** Keeps so many frames under way, like the call stage with its gate. */
export function load(asked: Captioner, underWay: number): Load {
  const end = new AbortController();
  const worker = async (): Promise<void> => {
    while (!end.signal.aborted) {
      try {
        await firstValueFrom(asked(request()));
        made.served++;
      } catch {
        made.failed++;
      }
    }
  };
  const workers = Array.from({ length: underWay }, worker);
  const made: Load = {
    served: 0,
    failed: 0,
    async stop() {
      end.abort();
      await Promise.all(workers);
    },
  };
  return made;
}

/** Entries of a time span in Unix milliseconds. */
const within = (entries: readonly JournalEntry[], fromMs: number, toMs: number): readonly JournalEntry[] =>
  entries.filter(({ atUs }) => atUs / 1_000 >= fromMs && atUs / 1_000 < toMs);

const perSecond = (entries: readonly JournalEntry[], fromMs: number, toMs: number): number =>
  within(entries, fromMs, toMs).length / ((toMs - fromMs) / 1_000);

const rateOf = (entries: readonly JournalEntry[], outcome: string): number =>
  entries.filter((entry) => entry.outcome === outcome).length / Math.max(1, entries.length);

export interface QuotaResult {
  readonly naive429: number;
  readonly saccade429: number;
  /** Share of each quota that was used, 0 to 1. */
  readonly used: Readonly<Record<string, number>>;
  /** Share of the answers that the first vendor gave, and what the quotas allow. */
  readonly share: number;
  readonly allowedShare: number;
}

const quotas = { openai: { requestsPerMinute: 3_000, burstMs: 10_000 }, anthropic: { requestsPerMinute: 1_500, burstMs: 10_000 } } as const;

/** Two vendors with caps, one told to the router by configuration, one only by its headers. Without `naive` that client is left out. */
export async function quotaTest(seconds: number, naive = true): Promise<QuotaResult> {
  const refused = naive ? rateOf((await atQuota(naiveClient, seconds)).entries, 'rate_limit') : Number.NaN;
  const { entries, minutes } = await atQuota((url) => twoVendors(url, { openai: { requestsPerMinute: 3_000 } }), seconds);
  const ok = (vendor: string): number => entries.filter((entry) => entry.vendor === vendor && entry.outcome === 'ok').length;
  return {
    naive429: refused,
    saccade429: rateOf(entries, 'rate_limit'),
    used: {
      openai: ok('openai') / (quotas.openai.requestsPerMinute * minutes),
      anthropic: ok('anthropic') / (quotas.anthropic.requestsPerMinute * minutes),
    },
    share: ok('openai') / (ok('openai') + ok('anthropic')),
    allowedShare: 2 / 3,
  };
}

/** What the vendors saw of a client once it had used up what they had saved. */
async function atQuota(make: (url: string) => Captioner, seconds: number): Promise<{ entries: readonly JournalEntry[]; minutes: number }> {
  const latency = { p50Ms: 80, p99Ms: 300 };
  const vendors = { openai: { quota: quotas.openai, latency }, anthropic: { quota: quotas.anthropic, latency } };
  const simulator = await startSimulator({ journalEntries: 200_000, vendors });
  const asked = make(simulator.url);
  const under = load(asked, 64);
  await sleep(5_000);
  const fromMs = Date.now();
  await sleep(seconds * 1_000);
  const toMs = Date.now();
  const entries = within(simulator.journal.entries(), fromMs, toMs);
  await Promise.race([under.stop(), sleep(3_000)]);
  await asked.close?.();
  await simulator.close();
  return { entries, minutes: (toMs - fromMs) / 60_000 };
}

const gpt = (url: string, more: object = {}): Captioner =>
  openai({ model: 'gpt-4o', baseUrl: `${url}/v1`, keys: known('a', 'sk-a'), ...more });
const claude = (url: string): Captioner =>
  anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys: known('b', 'sk-b') });

/** Half and half, each the other's fallback: the weights ask for more than the second quota allows. */
const twoVendors = (url: string, limits: { openai?: object } = {}): Captioner =>
  route({
    targets: { gpt: gpt(url, limits.openai ? { limits: limits.openai } : {}), claude: claude(url) },
    weights: { gpt: 0.5, claude: 0.5 },
    fallbacks: { gpt: ['claude'], claude: ['gpt'] },
  });

/** Asks the vendors in turn, and again 100 ms after a refusal: two fixed shares, no look at quotas. */
function naiveClient(url: string): Captioner {
  const pool = new Pool(url);
  let turn = 0;
  const post = async (path: string, headers: Record<string, string>, body: object): Promise<number> => {
    const reply = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    await reply.body.dump();
    return reply.statusCode;
  };
  const once = async ({ image, prompt }: CaptionRequest): Promise<void> => {
    const data = Buffer.from(image.bytes).toString('base64');
    const user = (part: object): object[] => [{ role: 'user', content: [part, { type: 'text', text: prompt.user }] }];
    const source = { type: 'base64', media_type: image.mediaType, data };
    const status =
      turn++ % 2
        ? await post(
            '/v1/messages',
            { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
            { model: 'claude-3-7-sonnet-20250219', max_tokens: 300, messages: user({ type: 'image', source }) },
          )
        : await post(
            '/v1/chat/completions',
            { authorization: 'Bearer k' },
            { model: 'gpt-4o', messages: user({ type: 'image_url', image_url: { url: `data:${image.mediaType};base64,${data}` } }) },
          );
    if (status === 200) return;
    await sleep(100);
    throw new Error(`status ${status}`);
  };
  const ask = (asked: CaptionRequest): Observable<Answer> => from(once(asked)).pipe(map(() => nobody));
  return captioner(ask, { targets: [], paths: [], notes: [] }, async () => await pool.close());
}

const nobody: Answer = {
  text: 'x',
  target: '',
  provider: '',
  model: '',
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  priceDate: '',
  flags: [],
  cache: 'none',
  requestHash: '',
};

export interface StepResult {
  readonly stretches: readonly {
    readonly capacity: number;
    /** Calls served at once in the last four seconds, on average. */
    readonly busy: number;
    /** Share of the calls that were refused there. */
    readonly refused: number;
    /** From when on a second has three quarters of the capacity busy and hardly a call refused. */
    readonly settledMs: number;
  }[];
  readonly failed: number;
}

/** Calls under way at once, on average: by Little's law, so that a slow machine does not look like a shy router. */
const busyOf = (ok: readonly JournalEntry[], fromMs: number, toMs: number): number =>
  within(ok, fromMs, toMs).reduce((sum, { ms }) => sum + ms, 0) / (toMs - fromMs);

/** The upstream serves 64 calls at once, then 16, then 64 again. */
export async function capacityStep(stretchMs = 12_000): Promise<StepResult> {
  const simulator = await startSimulator({
    journalEntries: 200_000,
    vendors: { openai: { latency: 200, concurrency: 64, whenFull: 'overloaded' } },
  });
  const router = route({ targets: { only: gpt(simulator.url) } });
  const under = load(router, 128);
  const stretches = [];
  await sleep(6_000);
  for (const capacity of [64, 16, 64]) {
    simulator.change('openai', { concurrency: capacity });
    const fromMs = Date.now();
    await sleep(stretchMs);
    stretches.push({ capacity, fromMs, toMs: Date.now() });
  }
  const entries = simulator.journal.entries();
  await Promise.race([under.stop(), sleep(3_000)]);
  await router.close?.();
  await simulator.close();
  const ok = entries.filter(({ outcome }) => outcome === 'ok');
  return {
    failed: under.failed,
    stretches: stretches.map(({ capacity, fromMs, toMs }) => {
      const seconds = Array.from({ length: Math.floor((toMs - fromMs) / 500) - 1 }, (_, i) => fromMs + i * 500);
      const isSettled = (at: number): boolean =>
        busyOf(ok, at, at + 1_000) >= capacity * 0.75 && rateOf(within(entries, at, at + 1_000), 'overloaded') < 0.1;
      return {
        capacity,
        busy: busyOf(ok, toMs - 4_000, toMs),
        refused: rateOf(within(entries, toMs - 4_000, toMs), 'overloaded'),
        settledMs: (seconds.find(isSettled) ?? Infinity) - fromMs,
      };
    }),
  };
}

export interface BlackoutResult {
  readonly served: number;
  readonly failed: number;
  readonly steadyPerSecond: number;
  readonly highestBurstPerSecond: number;
  /** From the end of the blackout to the first answer, and to 90 % of the steady rate. */
  readonly firstAnswerMs: number;
  readonly recoveredMs: number;
  /** Calls a second while everything was dark. */
  readonly darkPerSecond: number;
  /** Growth of the resident set over the blackout, MB. */
  readonly grownMb: number;
}

/** Everything is down for a while. */
export async function blackout(darkMs: number): Promise<BlackoutResult> {
  const simulator: Simulator = await startSimulator({
    journalEntries: 200_000,
    vendors: { openai: { latency: 60 }, anthropic: { latency: 60 } },
  });
  const router = twoVendors(simulator.url);
  const under = load(router, 32);
  await sleep(6_000);
  const change = (faults: readonly { fault: 'unavailable'; retryAfterAs: 'none' }[]): void => {
    for (const vendor of ['openai', 'anthropic']) simulator.change(vendor, { faults: [...faults] });
  };
  const darkAt = Date.now();
  change([{ fault: 'unavailable', retryAfterAs: 'none' }]);
  globalThis.gc?.();
  await sleep(1_000);
  const before = process.memoryUsage().rss;
  await sleep(darkMs - 1_000);
  const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
  change([]);
  const lightAt = Date.now();
  await sleep(20_000);
  const entries = simulator.journal.entries();
  await under.stop();
  await router.close?.();
  await simulator.close();
  const ok = entries.filter(({ outcome }) => outcome === 'ok');
  const steadyPerSecond = perSecond(ok, darkAt - 3_000, darkAt);
  const windows = Array.from({ length: 76 }, (_, i) => lightAt + i * 250);
  const recovered = windows.find((at) => perSecond(ok, at, at + 250) >= steadyPerSecond * 0.9);
  return {
    served: under.served,
    failed: under.failed,
    steadyPerSecond,
    highestBurstPerSecond: Math.max(...windows.map((at) => perSecond(entries, at, at + 250))),
    firstAnswerMs: (ok.find(({ atUs }) => atUs / 1_000 >= lightAt)?.atUs ?? Infinity) / 1_000 - lightAt,
    recoveredMs: recovered === undefined ? Infinity : recovered - lightAt,
    darkPerSecond: perSecond(entries, darkAt + 2_000, lightAt),
    grownMb,
  };
}
