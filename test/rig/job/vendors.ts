import { startSimulator } from '../../../src/sim/simulator.ts';

/*
  The simulator of the vendors in a process of its own, as real vendors are. Once a second it sends its totals to its
  parent process.
*/

export interface VendorTotals {
  readonly url: string;
  /** Calls that were answered with a caption. */
  readonly answered: number;
  /** Pictures that were asked about more than once, and answered each time. */
  readonly paidTwice: number;
  /** Calls whose client closed the connection before the answer. */
  readonly aborted: number;
  readonly refused: number;
  readonly costUsd: number;
  /** Mean of the calls in flight over the last second, by samples each 50 ms. */
  readonly inFlight: number;
}

const names = ['openai', 'anthropic', 'gemini'] as const;
const latency = Number(process.argv[2] ?? 1000);
const simulator = await startSimulator({ journalEntries: 0, vendors: Object.fromEntries(names.map((name) => [name, { latency }])) });

const times = new Map<string, number>();
let paidTwice = 0;
let [samples, sum] = [0, 0];
simulator.journal.onEntry(({ outcome, imageSha256 }) => {
  if (outcome !== 'ok') return;
  // 64 bits are enough to distinguish a few million pictures.
  const key = imageSha256.slice(0, 16);
  const before = times.get(key) ?? 0;
  if (before === 1) paidTwice++;
  times.set(key, before + 1);
});
setInterval(() => {
  samples++;
  for (const name of names) sum += simulator.inFlight(name);
}, 50);

const sendTotals = (): void => {
  const { ok: answered, requests, byOutcome, costUsd } = simulator.journal.totals();
  const aborted = byOutcome['aborted'] ?? 0;
  const totals: VendorTotals = {
    url: simulator.url,
    answered,
    paidTwice,
    aborted,
    refused: requests - answered - aborted,
    costUsd,
    inFlight: samples > 0 ? sum / samples : 0,
  };
  [samples, sum] = [0, 0];
  process.send?.(totals);
};
sendTotals();
setInterval(sendTotals, 1000);
process.on('disconnect', () => process.exit());
