import { setTimeout as sleep } from 'node:timers/promises';
import { route } from '../../../src/interpret/combinators/route.ts';
import type { JournalEntry } from '../../../src/sim/vendor/journal.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { generateLoad } from './generateLoad.ts';
import { shareOf, within } from './journalRates.ts';
import { gpt } from './twoVendors.ts';

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

/** Calls in flight at once, on average: by Little's law, so that a slow machine does not look like a router that asks too little. */
const busyOf = (ok: readonly JournalEntry[], fromMs: number, toMs: number): number =>
  within(ok, fromMs, toMs).reduce((sum, { ms }) => sum + ms, 0) / (toMs - fromMs);

/** The upstream serves 64 calls at once, then 16, then 64 again. */
export async function capacityStep(stretchMs = 12_000): Promise<StepResult> {
  const simulator = await startSimulator({
    journalEntries: 200_000,
    vendors: { openai: { latency: 200, concurrency: 64, whenFull: 'overloaded' } },
  });
  const router = route({ targets: { only: gpt(simulator.url) } });
  const load = generateLoad(router, 128);
  const stretches = [];
  await sleep(6_000);
  for (const capacity of [64, 16, 64]) {
    simulator.change('openai', { concurrency: capacity });
    const fromMs = Date.now();
    await sleep(stretchMs);
    stretches.push({ capacity, fromMs, toMs: Date.now() });
  }
  const entries = simulator.journal.entries();
  await Promise.race([load.stop(), sleep(3_000)]);
  await router.close?.();
  await simulator.close();
  const ok = entries.filter(({ outcome }) => outcome === 'ok');
  return {
    failed: load.failed,
    stretches: stretches.map(({ capacity, fromMs, toMs }) => {
      const seconds = Array.from({ length: Math.floor((toMs - fromMs) / 500) - 1 }, (_, i) => fromMs + i * 500);
      const isSettled = (at: number): boolean =>
        busyOf(ok, at, at + 1_000) >= capacity * 0.75 && shareOf(within(entries, at, at + 1_000), 'overloaded') < 0.1;
      return {
        capacity,
        busy: busyOf(ok, toMs - 4_000, toMs),
        refused: shareOf(within(entries, toMs - 4_000, toMs), 'overloaded'),
        settledMs: (seconds.find(isSettled) ?? Infinity) - fromMs,
      };
    }),
  };
}
