import { lastValueFrom, mergeMap, range } from 'rxjs';
import { type ErrorCode, codeOf } from '../../src/errors.ts';
import type { Attempt } from '../../src/interpret/caption.ts';
import type { Captioner } from '../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import { route } from '../../src/interpret/combinators/route.ts';
import { anthropic } from '../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../src/interpret/providers/gemini.ts';
import { openai } from '../../src/interpret/providers/openai.ts';
import { known } from '../../src/secret.ts';
import type { JournalEntry } from '../../src/sim/vendor/journal.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import type { VendorOptions } from '../../src/sim/options/simulatorOptions.ts';
import { promptWords, secrets } from './secretWords.ts';
import { numberedRequest } from './numberedFrames.ts';

type Faults = NonNullable<VendorOptions['faults']>;

/** About one call in eight fails, in every way after which upstream and caller agree on what was served. */
const faults: Faults = [
  { fault: 'rate_limit', probability: 0.02, retryAfterMs: 20, retryAfterAs: 'milliseconds' },
  { fault: 'overloaded', probability: 0.02 },
  { fault: 'server_error', probability: 0.02 },
  { fault: 'bad_gateway', probability: 0.01 },
  { fault: 'reset', probability: 0.01 },
  { fault: 'cut_body', probability: 0.01 },
  { fault: 'malformed', probability: 0.01 },
  { fault: 'empty', probability: 0.005 },
  { fault: 'truncated', probability: 0.01 },
  { fault: 'truncated_empty', probability: 0.005 },
  { fault: 'refusal', probability: 0.005 },
  { fault: 'blocked', probability: 0.003 },
  { fault: 'content_policy', probability: 0.002 },
  { fault: 'context_length', probability: 0.002 },
  { fault: 'stall_after_headers', probability: 0.001 },
  { fault: 'stall', probability: 0.001 },
];

export const startFaultyVendors = async (seed: number, aliases = ['one', 'two', 'only', 'only']): Promise<Simulator> =>
  await startSimulator({
    seed,
    journalEntries: 0,
    vendors: {
      openai: {
        faults,
        keys: [
          { key: secrets[0], alias: aliases[0] },
          { key: secrets[1], alias: aliases[1] },
        ],
      },
      anthropic: { faults, keys: [{ key: secrets[2], alias: aliases[2] }] },
      gemini: { faults, keys: [{ key: secrets[3], alias: aliases[3] }] },
    },
  });

export function routeOfThree({ url }: Simulator): Captioner {
  const usual = { deadlines: { headersMs: 5_000, idleMs: 5_000 }, concurrency: 16, circuitBreaker: { failures: 50 } };
  return route({
    targets: {
      gpt: openai({ ...usual, model: 'gpt-4o', baseUrl: `${url}/v1`, keys: [...known('one', secrets[0]), ...known('two', secrets[1])] }),
      claude: anthropic({ ...usual, model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys: known('only', secrets[2]) }),
      gemini: gemini({ ...usual, model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys: known('only', secrets[3]) }),
    },
    weights: { gpt: 0.5, claude: 0.3, gemini: 0.2 },
    fallbacks: { gpt: ['claude', 'gemini'], claude: ['gpt', 'gemini'], gemini: ['gpt', 'claude'] },
    backoffMs: 20,
    fallbackOn: ['refused', 'blocked'],
  });
}

export const vendorOf: Readonly<Record<string, string>> = { gpt: 'openai', claude: 'anthropic', gemini: 'gemini' };

export interface FrameResult {
  readonly request: CaptionRequest;
  readonly text?: string | undefined;
  readonly error?: ErrorCode | undefined;
  readonly message?: string | undefined;
}

export interface FaultyRun {
  readonly frames: readonly FrameResult[];
  /** The journal by image, in the order of arrival. */
  readonly journal: ReadonlyMap<string, readonly JournalEntry[]>;
  readonly billedUsd: number;
  readonly seconds: number;
}

/** Captions so many different frames under random faults. */
export async function captionUnderFaults(simulator: Simulator, captioner: Captioner, count: number): Promise<FaultyRun> {
  const journal = new Map<string, JournalEntry[]>();
  const frames: FrameResult[] = [];
  simulator.journal.onEntry((entry) => {
    const entries = journal.get(entry.imageSha256);
    if (entries) entries.push(entry);
    else journal.set(entry.imageSha256, [entry]);
  });
  const start = performance.now();
  const one = async (n: number): Promise<void> => {
    frames.push(await captioned(captioner, await frameOf(n)));
  };
  await lastValueFrom(range(0, count).pipe(mergeMap(one, 48)));
  return { frames, journal, billedUsd: simulator.journal.totals().costUsd, seconds: (performance.now() - start) / 1_000 };
}

async function captioned(captioner: Captioner, request: CaptionRequest): Promise<FrameResult> {
  try {
    const { text } = await lastValueFrom(captioner(request));
    return { request, text };
  } catch (error) {
    return { request, error: codeOf(error), message: String(error) };
  }
}

async function frameOf(n: number): Promise<CaptionRequest> {
  const request = await numberedRequest(n);
  return { ...request, prompt: { ...request.prompt, system: promptWords } };
}

/** An attempt as both sides can see it; USD in picodollars. */
const line = (vendor: string, key: string, status: number, inputTokens: number, outputTokens: number, costUsd: number | null): string =>
  [vendor, key, status, inputTokens, outputTokens, costUsd === null ? '?' : Math.round(costUsd * 1e12)].join(' ');

export const asRecorded = (route_: readonly Attempt[]): readonly string[] =>
  route_.map(({ target, key, status, inputTokens, outputTokens, costUsd }) =>
    line(vendorOf[target]!, key, status, inputTokens, outputTokens, costUsd),
  );

export const asJournalled = (entries: readonly JournalEntry[]): readonly string[] =>
  entries.map(({ vendor, key, status, inputTokens, outputTokens, costUsd }) =>
    line(vendor, key, status, inputTokens, outputTokens, costUsd),
  );
