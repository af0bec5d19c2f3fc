import { firstValueFrom, of } from 'rxjs';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';
import { route } from '../../../src/interpret/combinators/route.ts';
import { numberedRequest } from '../numberedFrames.ts';
import type { OwnScenario } from './ownScenario.ts';

export const rareTarget: OwnScenario = {
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
      makeCaptioner(
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
};
