import { firstValueFrom, timer } from 'rxjs';
import { messageOf } from '../../../src/errors.ts';
import { route } from '../../../src/interpret/combinators/route.ts';
import { numberedRequest } from '../numberedFrames.ts';
import type { OwnScenario } from './ownScenario.ts';
import { gpt, withVendors } from './withVendors.ts';

export const shutdownInFlight: OwnScenario = {
  id: 'X13',
  stimulus: 'shutdown with 64 calls in flight, half of them cut off',
  run: async () =>
    await withVendors({ openai: { latency: 400 } }, async ({ simulator, attemptsAt }) => {
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
          what: `the upstream saw ${attemptsAt('openai').filter(({ outcome }) => outcome === 'aborted').length} sockets close`,
          ok: attemptsAt('openai').filter(({ outcome }) => outcome === 'aborted').length === 32,
        },
        { what: `the next call is not held back (${Math.round(performance.now() - start)} ms)`, ok: performance.now() - start < 600 },
      ];
    }),
};
