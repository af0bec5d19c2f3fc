import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../../../src/sim/simulator.ts';
import { generateLoad } from './generateLoad.ts';
import { perSecond } from './journalRates.ts';
import { twoVendors } from './twoVendors.ts';

export interface BlackoutResult {
  readonly served: number;
  readonly failed: number;
  readonly steadyPerSecond: number;
  readonly highestBurstPerSecond: number;
  /** From the end of the blackout to the first answer, and to 90 % of the steady rate. */
  readonly firstAnswerMs: number;
  readonly recoveredMs: number;
  /** Calls a second while both vendors were down. */
  readonly darkPerSecond: number;
  /** Growth of the resident set over the blackout, MB. */
  readonly grownMb: number;
}

/** Both vendors are down for a while. */
export async function blackout(darkMs: number): Promise<BlackoutResult> {
  const simulator: Simulator = await startSimulator({
    journalEntries: 200_000,
    vendors: { openai: { latency: 60 }, anthropic: { latency: 60 } },
  });
  const router = twoVendors(simulator.url);
  const load = generateLoad(router, 32);
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
  await load.stop();
  await router.close?.();
  await simulator.close();
  const ok = entries.filter(({ outcome }) => outcome === 'ok');
  const steadyPerSecond = perSecond(ok, darkAt - 3_000, darkAt);
  const windows = Array.from({ length: 76 }, (_, i) => lightAt + i * 250);
  const recovered = windows.find((at) => perSecond(ok, at, at + 250) >= steadyPerSecond * 0.9);
  return {
    served: load.served,
    failed: load.failed,
    steadyPerSecond,
    highestBurstPerSecond: Math.max(...windows.map((at) => perSecond(entries, at, at + 250))),
    firstAnswerMs: (ok.find(({ atUs }) => atUs / 1_000 >= lightAt)?.atUs ?? Infinity) / 1_000 - lightAt,
    recoveredMs: recovered === undefined ? Infinity : recovered - lightAt,
    darkPerSecond: perSecond(entries, darkAt + 2_000, lightAt),
    grownMb,
  };
}
