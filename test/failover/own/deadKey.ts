import { route } from '../../../src/interpret/combinators/route.ts';
import { known } from '../../../src/secret.ts';
import type { OwnScenario } from './ownScenario.ts';
import { askOnce, gpt, withVendors } from './withVendors.ts';

export const deadKey: OwnScenario = {
  id: 'X05',
  stimulus: 'two keys, one dead for good',
  run: async () =>
    await withVendors(
      {
        openai: {
          keys: [
            { key: 'live', alias: 'live' },
            { key: 'dead', alias: 'dead', state: 'dead' },
          ],
        },
      },
      async ({ simulator: { url }, attemptsAt }) => {
        const router = route({ targets: { only: gpt(url, { keys: [...known('dead', 'dead'), ...known('live', 'live')] }) } });
        const answers = [];
        for (let i = 0; i < 40; i++) answers.push(await askOnce(router));
        const dead = attemptsAt('openai').filter(({ key }) => key === 'dead').length;
        return [
          { what: `all ${answers.length} served`, ok: answers.every(({ answer }) => answer) },
          { what: `${dead} call with the dead key`, ok: dead === 1 },
        ];
      },
    ),
};
