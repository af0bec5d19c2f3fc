import { setTimeout as sleep } from 'node:timers/promises';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { route } from '../../../src/interpret/combinators/route.ts';
import type { OwnScenario } from './ownScenario.ts';
import { askOnce, gpt, other, withVendors } from './withVendors.ts';

const outage = { fault: 'rate_limit', retryAfterMs: 1_000 } as const;

export const rateLimitedEverywhere: OwnScenario = {
  id: 'X06',
  stimulus: 'every route answers 429 for 20 s (four times as fast)',
  run: async () =>
    await withVendors(
      { openai: { faults: [{ ...outage, toMs: 20_000 }] }, other: { wire: 'openai', faults: [{ ...outage, toMs: 20_000 }] } },
      async ({ simulator, attemptsAt }) => {
        const { url } = simulator;
        const router = route({ targets: { one: gpt(url), two: other(url) }, fallbacks: { one: ['two'], two: ['one'] } });
        let pulledInOutage = 0;
        const one = async (): Promise<boolean> => {
          if (simulator.now() < 20_000) pulledInOutage++;
          return (await askOnce(router)).answer !== undefined;
        };
        const served: boolean[] = [];
        await lastValueFrom(range(0, 200).pipe(mergeMap(async () => served.push(await one()), 32)));
        const refused = [...attemptsAt('openai'), ...attemptsAt('other')].filter(({ status }) => status === 429).length;
        return [
          { what: `${served.filter(Boolean).length} of 200 frames served`, ok: served.every(Boolean) && served.length === 200 },
          { what: `${pulledInOutage} frames were taken in during the outage, 32 may be under way`, ok: pulledInOutage === 32 },
          { what: `${refused} calls were refused`, ok: refused <= 100 },
        ];
      },
      { clockScale: 4 },
    ),
};

export const backAtFullLoad: OwnScenario = {
  id: 'X07',
  stimulus: 'back after an outage at full load',
  measured: true,
  run: async () =>
    await withVendors({ openai: { latency: 40 } }, async ({ simulator, attemptsAt }) => {
      const router = route({ targets: { only: gpt(simulator.url) } });
      const end = new AbortController();
      let failed = 0;
      const worker = async (): Promise<void> => {
        while (!end.signal.aborted) if (!(await askOnce(router)).answer) failed++;
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
        attemptsAt('openai').filter(({ atUs }) => atUs / 1_000 >= fromMs && atUs / 1_000 < toMs).length / ((toMs - fromMs) / 1_000);
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
};
