import { setTimeout as sleep } from 'node:timers/promises';
import { firstValueFrom, lastValueFrom, mergeMap, range } from 'rxjs';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { hedge } from '../../../src/interpret/combinators/hedge.ts';
import { numberedRequest } from '../numberedFrames.ts';
import type { OwnScenario } from './ownScenario.ts';
import { gpt, withVendors } from './withVendors.ts';

/** A thousand calls of 80 ms, one in fifty of 800 ms. */
async function askThousand(
  wrap: (target: Captioner) => Captioner,
): Promise<{ p99Ms: number; requests: number; answers: number; aborted: number; cancelled: number }> {
  const faults = [{ fault: 'slow', delayMs: 720, probability: 0.02 }] as const;
  return await withVendors({ openai: { latency: 80, faults: [...faults] } }, async ({ simulator: { url }, attemptsAt }) => {
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
      requests: attemptsAt('openai').length,
      answers: took.length,
      aborted: attemptsAt('openai').filter(({ outcome }) => outcome === 'aborted').length,
      cancelled: routes.flatMap(({ route: path }) => path).filter(({ outcome }) => outcome === 'cancelled').length,
    };
  });
}

export const slowTail: OwnScenario = {
  id: 'X09',
  stimulus: '2 % of the calls take ten times as long',
  measured: true,
  async run() {
    const plain = await askThousand((target) => target);
    const hedged = await askThousand((target) => hedge(target));
    const { requests, answers, aborted, cancelled } = hedged;
    return [
      {
        what: `p99 of ${Math.round(hedged.p99Ms)} ms with hedging, ${Math.round(plain.p99Ms)} ms without`,
        ok: hedged.p99Ms <= plain.p99Ms / 2,
      },
      { what: `${((requests / answers - 1) * 100).toFixed(1)} % more calls`, ok: requests / answers - 1 <= 0.03 && requests > answers },
      // The sockets of some are closed before the upstream has read the request, those of others when it has just answered.
      {
        what: `${cancelled} losers recorded as cancelled, ${aborted} seen hung up`,
        ok: cancelled >= requests - answers && aborted <= cancelled && aborted >= cancelled * 0.75,
      },
    ];
  },
};
