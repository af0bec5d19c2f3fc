import { setTimeout as sleep } from 'node:timers/promises';
import { firstValueFrom, lastValueFrom, mergeMap, of, range, timer } from 'rxjs';
import { messageOf } from '../../src/errors.ts';
import type { Answer } from '../../src/interpret/caption.ts';
import { type CaptionRequest, type Captioner, captioner } from '../../src/interpret/captioner.ts';
import { hedge } from '../../src/interpret/combinators/hedge.ts';
import { payOnce } from '../../src/interpret/payOnce.ts';
import { route } from '../../src/interpret/combinators/route.ts';
import { memoryLedger } from '../../src/interpret/ledgers/memoryLedger.ts';
import { anthropic } from '../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../src/interpret/providers/gemini.ts';
import { type OpenaiOptions, openai } from '../../src/interpret/providers/openai.ts';
import { known } from '../../src/secret.ts';
import type { JournalEntry } from '../../src/sim/vendor/journal.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import type { SimulatorOptions, VendorOptions } from '../../src/sim/options/simulatorOptions.ts';
import { numberedRequest } from './frames.ts';
import { quotaTest } from './load.ts';
import type { Check } from './scenarios.ts';

/** On top of the promised times: a test may share its cores with others. */
const slackMs = process.env['VITEST'] ? 200 : 10;

/** A scenario of our own: what happens, and whether each thing that was promised is so. */
export interface Own {
  readonly id: string;
  readonly stimulus: string;
  /** It holds rates and percentiles to figures, which needs a machine of its own. */
  readonly measured?: boolean;
  readonly run: () => Promise<readonly Check[]>;
}

const gpt = (url: string, more: Partial<OpenaiOptions> = {}): Captioner =>
  openai({ model: 'gpt-4o', baseUrl: `${url}/openai/v1`, keys: known('a', 'sk-a'), ...more });
const other = (url: string, more: Partial<OpenaiOptions> = {}): Captioner =>
  openai({ model: 'gpt-4.1', baseUrl: `${url}/other/v1`, keys: known('b', 'sk-b'), ...more });

interface Bench {
  readonly simulator: Simulator;
  /** The attempts at a vendor so far. */
  readonly seen: (vendor: string) => readonly JournalEntry[];
}

/** Asks about a frame of its own. */
async function ask(target: Captioner): Promise<{ request: CaptionRequest; answer?: Answer; error?: unknown }> {
  const request = await numberedRequest();
  try {
    return { request, answer: await firstValueFrom(target(request)) };
  } catch (error) {
    return { request, error };
  }
}

async function bench<T>(
  vendors: Record<string, VendorOptions>,
  use: (bench: Bench) => Promise<T>,
  more: SimulatorOptions = {},
): Promise<T> {
  const simulator = await startSimulator({ vendors, journalEntries: 100_000, ...more });
  try {
    return await use({ simulator, seen: (vendor) => simulator.journal.entries().filter((entry) => entry.vendor === vendor) });
  } finally {
    await simulator.close();
  }
}

/** Milliseconds between the end of one attempt and the start of the next. */
const gaps = (entries: readonly JournalEntry[]): readonly number[] =>
  entries.slice(1).map((entry, i) => (entry.atUs - entries[i]!.atUs) / 1_000 - entries[i]!.ms);

const near = (what: string, gotMs: number, wantedMs: number): Check => ({
  what: `${what}: ${Math.round(wantedMs)} ms asked, ${Math.round(gotMs)} ms waited`,
  ok: gotMs >= wantedMs * 0.9 && gotMs <= wantedMs * 1.1 + slackMs,
});

type Wait = NonNullable<VendorOptions['faults']>[number];

async function waits(fault: Wait, vendor: 'openai' | 'gemini', wantedMs: (first: JournalEntry) => number, what: string): Promise<Check> {
  return await bench({ [vendor]: { faults: [fault] } }, async ({ simulator: { url }, seen }) => {
    const target =
      vendor === 'openai' ? gpt(url) : gemini({ model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys: known('g', 'AIza') });
    const { answer } = await ask(route({ targets: { only: target } }));
    const entries = seen(vendor);
    return answer && entries.length === 2
      ? near(what, gaps(entries)[0]!, wantedMs(entries[0]!))
      : { what: `${what}: ${entries.length} attempts`, ok: false };
  });
}

/** Milliseconds from the end of an attempt to a date three seconds later; a date has whole seconds. */
const untilDate = ({ atUs, ms }: JournalEntry): number => {
  const askedAt = atUs / 1_000 + ms;
  return Math.floor((askedAt + 3_000) / 1_000) * 1_000 - askedAt;
};

const outage = { fault: 'rate_limit', retryAfterMs: 1_000 } as const;

/** A thousand calls of 80 ms, one in fifty of 800 ms. */
async function slowTail(
  wrap: (target: Captioner) => Captioner,
): Promise<{ p99Ms: number; requests: number; answers: number; aborted: number; cancelled: number }> {
  const faults = [{ fault: 'slow', delayMs: 720, probability: 0.02 }] as const;
  return await bench({ openai: { latency: 80, faults: [...faults] } }, async ({ simulator: { url }, seen }) => {
    const target = wrap(gpt(url, { concurrency: 64 }));
    const took: number[] = [];
    const routes: CaptionRequest[] = [];
    const one = async (): Promise<void> => {
      const request = await numberedRequest();
      const start = performance.now();
      await firstValueFrom(target(request));
      took.push(performance.now() - start);
      routes.push(request);
    };
    await lastValueFrom(range(0, 1_000).pipe(mergeMap(one, 12)));
    await sleep(100);
    return {
      p99Ms: took.toSorted((x, y) => x - y)[Math.floor(took.length * 0.99)]!,
      requests: seen('openai').length,
      answers: took.length,
      aborted: seen('openai').filter(({ outcome }) => outcome === 'aborted').length,
      cancelled: routes.flatMap(({ route: path }) => path).filter(({ outcome }) => outcome === 'cancelled').length,
    };
  });
}

export const ownScenarios: readonly Own[] = [
  {
    id: 'X01',
    stimulus: 'Retry-After as a date, in milliseconds, in the body, and for 90 s',
    async run() {
      const first = { fault: 'rate_limit', first: 1 } as const;
      const inParallel = await Promise.all([
        waits({ ...first, retryAfterMs: 3_000, retryAfterAs: 'date' }, 'openai', untilDate, 'HTTP date'),
        waits({ ...first, retryAfterMs: 700, retryAfterAs: 'milliseconds' }, 'openai', () => 700, 'retry-after-ms'),
        waits({ ...first, retryAfterMs: 1_200 }, 'gemini', () => 1_200, 'RetryInfo'),
      ]);
      const long = await bench(
        { openai: { faults: [{ ...outage, retryAfterMs: 90_000 }] }, other: { wire: 'openai' } },
        async ({ simulator: { url }, seen }) => {
          const router = route({ targets: { one: gpt(url), two: other(url) }, weights: { one: 1 }, fallbacks: { one: ['two'] } });
          const start = performance.now();
          const answers = [];
          for (let i = 0; i < 5; i++) answers.push(await ask(router));
          return [
            {
              what: `90 s: five frames went elsewhere in ${Math.round(performance.now() - start)} ms`,
              ok: answers.every(({ answer }) => answer?.target === 'two') && performance.now() - start < 2_000,
            },
            { what: `90 s: the route is parked (${seen('openai').length} call)`, ok: seen('openai').length === 1 },
          ];
        },
      );
      return [...inParallel, ...long];
    },
  },
  {
    id: 'X02',
    stimulus: '529 three times, then 200',
    run: async () =>
      await bench(
        { anthropic: { faults: [{ fault: 'overloaded', first: 3, retryAfterAs: 'none' }] } },
        async ({ simulator: { url }, seen }) => {
          const keys = [...known('one', 'k1'), ...known('two', 'k2')];
          const target = anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys });
          const { answer } = await ask(route({ targets: { claude: target }, retries: 3, backoffMs: 200 }));
          const entries = seen('anthropic');
          const between = gaps(entries);
          return [
            { what: `served after ${entries.length} attempts`, ok: answer !== undefined && entries.length === 4 },
            {
              what: `the waits grow: ${between.map(Math.round).join(', ')} ms`,
              ok: between.length === 3 && between[0]! >= 140 && between[1]! > between[0]! && between[2]! > between[1]!,
            },
          ];
        },
      ),
  },
  {
    id: 'X03',
    stimulus: 'headers, then silence',
    run: async () =>
      await bench({ openai: { faults: [{ fault: 'stall_after_headers' }] } }, async ({ simulator: { url }, seen }) => {
        const { request, error } = await ask(gpt(url, { deadlines: { idleMs: 500 } }));
        for (let i = 0; i < 100 && seen('openai').length === 0; i++) await sleep(5);
        const [entry] = seen('openai');
        const [attempt] = request.route;
        return [
          {
            what: `ended after ${attempt?.ms} ms of 500`,
            ok: error !== undefined && attempt !== undefined && attempt.ms >= 495 && attempt.ms <= 550 + slackMs,
          },
          { what: `class ${attempt?.outcome}`, ok: attempt?.outcome === 'timeout' },
          {
            what: `the upstream saw the close after ${Math.round(entry?.ms ?? -1)} ms`,
            ok: entry !== undefined && entry.ms <= 590 + slackMs,
          },
        ];
      }),
  },
  {
    id: 'X04',
    stimulus: '200 with a refusal, a block, zero text by the length limit',
    async run() {
      const wanted = { refusal: 'refused', blocked: 'blocked', truncated_empty: 'truncated', empty: 'malformed' } as const;
      const makers = {
        openai: (url: string) => gpt(url),
        anthropic: (url: string) => anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys: known('c', 'k') }),
        gemini: (url: string) => gemini({ model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys: known('g', 'k') }),
      };
      const rows = Object.entries(wanted).flatMap(([fault, outcome]) =>
        Object.entries(makers).map(([vendor, make]) => ({ fault, outcome, vendor, make })),
      );
      return await Promise.all(
        rows.map(async ({ fault, outcome, vendor, make }) =>
          bench({ [vendor]: { faults: [{ fault: fault as 'refusal' }] } }, async ({ simulator: { url } }) => {
            const { request, answer } = await ask(make(url));
            const got = request.route[0]?.outcome;
            // Anthropic has one word for refused and blocked.
            const right =
              got === outcome ||
              (vendor === 'anthropic' && fault === 'blocked' && got === 'refused') ||
              (vendor === 'gemini' && fault === 'refusal' && got === 'blocked');
            return { what: `${vendor} ${fault}: ${got}`, ok: right && answer === undefined };
          }),
        ),
      );
    },
  },
  {
    id: 'X05',
    stimulus: 'two keys, one dead for good',
    run: async () =>
      await bench(
        {
          openai: {
            keys: [
              { key: 'live', alias: 'live' },
              { key: 'dead', alias: 'dead', state: 'dead' },
            ],
          },
        },
        async ({ simulator: { url }, seen }) => {
          const router = route({ targets: { only: gpt(url, { keys: [...known('dead', 'dead'), ...known('live', 'live')] }) } });
          const answers = [];
          for (let i = 0; i < 40; i++) answers.push(await ask(router));
          const dead = seen('openai').filter(({ key }) => key === 'dead').length;
          return [
            { what: `all ${answers.length} served`, ok: answers.every(({ answer }) => answer) },
            { what: `${dead} call with the dead key`, ok: dead === 1 },
          ];
        },
      ),
  },
  {
    id: 'X06',
    stimulus: 'every route answers 429 for 20 s (four times as fast)',
    run: async () =>
      await bench(
        { openai: { faults: [{ ...outage, toMs: 20_000 }] }, other: { wire: 'openai', faults: [{ ...outage, toMs: 20_000 }] } },
        async ({ simulator, seen }) => {
          const { url } = simulator;
          const router = route({ targets: { one: gpt(url), two: other(url) }, fallbacks: { one: ['two'], two: ['one'] } });
          let pulledInOutage = 0;
          const one = async (): Promise<boolean> => {
            if (simulator.now() < 20_000) pulledInOutage++;
            return (await ask(router)).answer !== undefined;
          };
          const served: boolean[] = [];
          await lastValueFrom(range(0, 200).pipe(mergeMap(async () => served.push(await one()), 32)));
          const refused = [...seen('openai'), ...seen('other')].filter(({ status }) => status === 429).length;
          return [
            { what: `${served.filter(Boolean).length} of 200 frames served`, ok: served.every(Boolean) && served.length === 200 },
            { what: `${pulledInOutage} frames were taken in during the outage, 32 may be under way`, ok: pulledInOutage === 32 },
            { what: `${refused} calls were refused`, ok: refused <= 100 },
          ];
        },
        { clockScale: 4 },
      ),
  },
  {
    id: 'X07',
    stimulus: 'back after an outage at full load',
    measured: true,
    run: async () =>
      await bench({ openai: { latency: 40 } }, async ({ simulator, seen }) => {
        const router = route({ targets: { only: gpt(simulator.url) } });
        const end = new AbortController();
        let failed = 0;
        const worker = async (): Promise<void> => {
          while (!end.signal.aborted) if (!(await ask(router)).answer) failed++;
        };
        const workers = Array.from({ length: 24 }, worker);
        await sleep(3_000);
        const downAt = Date.now();
        simulator.change('openai', { faults: [{ fault: 'unavailable', retryAfterAs: 'none' }] });
        await sleep(3_000);
        const backAt = Date.now();
        simulator.change('openai', { faults: [] });
        await sleep(6_000);
        end.abort();
        await Promise.all(workers);
        const rate = (fromMs: number, toMs: number): number =>
          seen('openai').filter(({ atUs }) => atUs / 1_000 >= fromMs && atUs / 1_000 < toMs).length / ((toMs - fromMs) / 1_000);
        const steady = rate(downAt - 2_000, downAt);
        const bursts = Array.from({ length: 22 }, (_, i) => rate(backAt + i * 250, backAt + i * 250 + 250));
        const recovered = bursts.findIndex((one) => one >= steady * 0.9);
        return [
          { what: `${failed} frames failed`, ok: failed === 0 },
          {
            what: `in the outage ${rate(downAt + 1_000, backAt).toFixed(1)} calls/s of ${steady.toFixed(0)}`,
            ok: rate(downAt + 1_000, backAt) < 10,
          },
          {
            what: `the highest burst was ${Math.max(...bursts).toFixed(0)}/s, the steady rate ${steady.toFixed(0)}/s`,
            ok: Math.max(...bursts) <= steady * 2,
          },
          { what: `at 90 % of the steady rate after ${(recovered + 1) * 250} ms`, ok: recovered >= 0 && (recovered + 1) * 250 <= 5_000 },
        ];
      }),
  },
  {
    id: 'X08',
    stimulus: 'two vendors with token buckets, asked as fast as they allow',
    measured: true,
    async run() {
      const { saccade429, used, share, allowedShare } = await quotaTest(6, false);
      return [
        { what: `${(saccade429 * 100).toFixed(2)} % of the replies were 429`, ok: saccade429 <= 0.005 },
        ...Object.entries(used).map(([vendor, part]) => ({
          what: `${(part * 100).toFixed(1)} % of ${vendor}'s quota was used`,
          ok: part >= 0.95,
        })),
        {
          what: `share ${(share * 100).toFixed(1)} %, the quotas allow ${(allowedShare * 100).toFixed(1)} %`,
          ok: Math.abs(share - allowedShare) <= 0.02,
        },
      ];
    },
  },
  {
    id: 'X09',
    stimulus: '2 % of the calls take ten times as long',
    measured: true,
    async run() {
      const plain = await slowTail((target) => target);
      const hedged = await slowTail((target) => hedge(target));
      const { requests, answers, aborted, cancelled } = hedged;
      return [
        {
          what: `p99 of ${Math.round(hedged.p99Ms)} ms with hedging, ${Math.round(plain.p99Ms)} ms without`,
          ok: hedged.p99Ms <= plain.p99Ms / 2,
        },
        { what: `${((requests / answers - 1) * 100).toFixed(1)} % more calls`, ok: requests / answers - 1 <= 0.03 && requests > answers },
        // Some are hung up on before the upstream has read all of them, some when it has just answered.
        {
          what: `${cancelled} losers recorded as cancelled, ${aborted} seen hung up`,
          ok: cancelled >= requests - answers && aborted <= cancelled && aborted >= cancelled * 0.75,
        },
      ];
    },
  },
  {
    id: 'X10',
    stimulus: 'the same prompt about another frame, in every pair; the same frame twice at once',
    run: async () =>
      await bench({ openai: { latency: 20 } }, async ({ simulator: { url }, seen }) => {
        const asking = payOnce(memoryLedger(), gpt(url));
        const requests = await Promise.all(Array.from({ length: 200 }, async () => await numberedRequest()));
        const samePrompt = requests.map((request) => ({ ...request, prompt: requests[0]!.prompt }));
        const answers = await Promise.all(
          [...samePrompt, ...samePrompt].map(async (request) => await firstValueFrom(asking({ ...request, route: [] }))),
        );
        const calls = seen('openai');
        return [
          { what: `${calls.length} calls for 200 different frames, each asked about twice at once`, ok: calls.length === 200 },
          {
            what: 'no frame was answered with another one’s hash',
            ok: new Set(answers.map(({ requestHash }) => requestHash)).size === 200,
          },
        ];
      }),
  },
  {
    id: 'X11',
    stimulus: 'two cooldowns for one route, the second shorter',
    run: async () =>
      await bench(
        {
          openai: {
            latency: 0,
            faults: [
              { ...outage, first: 1, retryAfterMs: 1_500, retryAfterAs: 'milliseconds' },
              { ...outage, first: 1, retryAfterMs: 300, retryAfterAs: 'milliseconds', delayMs: 100 },
            ],
          },
        },
        async ({ simulator: { url }, seen }) => {
          const router = route({ targets: { only: gpt(url) } });
          await Promise.all([ask(router), ask(router)]);
          const [first, , third] = seen('openai').toSorted((a, b) => a.atUs - b.atUs);
          const gap = (third!.atUs - first!.atUs) / 1_000;
          return [{ what: `the next call came after ${Math.round(gap)} ms`, ok: gap >= 1_490 && gap < 2_000 }];
        },
      ),
  },
  {
    id: 'X12',
    stimulus: 'a weight of 0.001 over 10,000 calls',
    async run() {
      const answer: Answer = {
        text: 'x',
        target: '',
        provider: 'test',
        model: 'test',
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
        priceDate: '',
        flags: [],
        cache: 'none',
        requestHash: '',
      };
      const counts: Record<string, number> = {};
      const counted = (name: string): Captioner =>
        captioner(
          () => {
            counts[name] = (counts[name] ?? 0) + 1;
            return of(answer);
          },
          { targets: [], paths: [], notes: [] },
        );
      const router = route({ targets: { much: counted('much'), little: counted('little') }, weights: { much: 0.999, little: 0.001 } });
      const request = await numberedRequest();
      for (let i = 0; i < 10_000; i++) await firstValueFrom(router(request));
      return [{ what: `${counts['little'] ?? 0} calls of 10,000`, ok: Math.abs((counts['little'] ?? 0) - 10) <= 1 }];
    },
  },
  {
    id: 'X13',
    stimulus: 'shutdown with 64 calls in flight, half of them cut off',
    run: async () =>
      await bench({ openai: { latency: 400 } }, async ({ simulator, seen }) => {
        const router = route({ targets: { only: gpt(simulator.url, { concurrency: 64 }) } });
        const requests = await Promise.all(Array.from({ length: 64 }, async () => await numberedRequest()));
        const kept: unknown[] = [];
        const subscriptions = requests.map((request) =>
          router(request).subscribe({ next: (one) => kept.push(one), error: (error: unknown) => kept.push(messageOf(error)) }),
        );
        await firstValueFrom(timer(200));
        for (const one of subscriptions.slice(32)) one.unsubscribe();
        await firstValueFrom(timer(400));
        const cancelled = requests.slice(32).flatMap((request) => request.route.map(({ outcome }) => outcome));
        const next = await numberedRequest();
        const start = performance.now();
        await firstValueFrom(router(next));
        return [
          { what: `${kept.length} calls finished`, ok: kept.length === 32 && kept.every((one) => typeof one === 'object') },
          {
            what: `${cancelled.length} were recorded as cancelled`,
            ok: cancelled.length === 32 && cancelled.every((outcome) => outcome === 'cancelled'),
          },
          {
            what: `the upstream saw ${seen('openai').filter(({ outcome }) => outcome === 'aborted').length} sockets close`,
            ok: seen('openai').filter(({ outcome }) => outcome === 'aborted').length === 32,
          },
          { what: `the next call is not held back (${Math.round(performance.now() - start)} ms)`, ok: performance.now() - start < 600 },
        ];
      }),
  },
];
