import { firstValueFrom } from 'rxjs';
import { memoryLedger } from '../../../src/interpret/ledgers/memoryLedger.ts';
import { payOnce } from '../../../src/interpret/payOnce.ts';
import { numberedRequest } from '../numberedFrames.ts';
import type { OwnScenario } from './ownScenario.ts';
import { gpt, withVendors } from './withVendors.ts';

export const sameFrameTwice: OwnScenario = {
  id: 'X10',
  stimulus: 'the same prompt about another frame, in every pair; the same frame twice at once',
  run: async () =>
    await withVendors({ openai: { latency: 20 } }, async ({ simulator: { url }, attemptsAt }) => {
      const asking = payOnce(memoryLedger(), gpt(url));
      const requests = await Promise.all(Array.from({ length: 200 }, async () => await numberedRequest()));
      const samePrompt = requests.map((request) => ({ ...request, prompt: requests[0]!.prompt }));
      const answers = await Promise.all(
        [...samePrompt, ...samePrompt].map(async (request) => await firstValueFrom(asking({ ...request, route: [] }))),
      );
      const calls = attemptsAt('openai');
      return [
        { what: `${calls.length} calls for 200 different frames, each asked about twice at once`, ok: calls.length === 200 },
        {
          what: 'no frame was answered with another one’s hash',
          ok: new Set(answers.map(({ requestHash }) => requestHash)).size === 200,
        },
      ];
    }),
};
