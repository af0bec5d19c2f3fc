import { setTimeout as sleep } from 'node:timers/promises';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import type { JournalEntry } from '../../../src/sim/vendor/journal.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { generateLoad } from './generateLoad.ts';
import { shareOf, within } from './journalRates.ts';
import { naiveClient } from './naiveClient.ts';
import { twoVendors } from './twoVendors.ts';

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

/** Two vendors with caps: the router knows one by configuration, the other only by its headers. Without `naive` that client is left out. */
export async function quotaTest(seconds: number, naive = true): Promise<QuotaResult> {
  const refused = naive ? shareOf((await atQuota(naiveClient, seconds)).entries, 'rate_limit') : Number.NaN;
  const { entries, minutes } = await atQuota((url) => twoVendors(url, { openai: { requestsPerMinute: 3_000 } }), seconds);
  const ok = (vendor: string): number => entries.filter((entry) => entry.vendor === vendor && entry.outcome === 'ok').length;
  return {
    naive429: refused,
    saccade429: shareOf(entries, 'rate_limit'),
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
  const client = make(simulator.url);
  const load = generateLoad(client, 64);
  await sleep(5_000);
  const fromMs = Date.now();
  await sleep(seconds * 1_000);
  const toMs = Date.now();
  const entries = within(simulator.journal.entries(), fromMs, toMs);
  await Promise.race([load.stop(), sleep(3_000)]);
  await client.close?.();
  await simulator.close();
  return { entries, minutes: (toMs - fromMs) / 60_000 };
}
