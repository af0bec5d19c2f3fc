import { quotaTest } from '../load/quotaTest.ts';
import type { OwnScenario } from './ownScenario.ts';

export const atTheQuotas: OwnScenario = {
  id: 'X08',
  stimulus: 'two vendors with token buckets, asked as fast as they allow',
  measured: true,
  async run() {
    const { saccade429, used, share, allowedShare } = await quotaTest(6, false);
    return [
      { what: `${(saccade429 * 100).toFixed(2)} % of the replies were 429`, ok: saccade429 <= 0.005 },
      ...Object.entries(used).map(([vendor, part]) => ({
        what: `${(part * 100).toFixed(1)} % of ${vendor}'s quota was used`,
        ok: part >= 0.95,
      })),
      {
        what: `share ${(share * 100).toFixed(1)} %, the quotas allow ${(allowedShare * 100).toFixed(1)} %`,
        ok: Math.abs(share - allowedShare) <= 0.02,
      },
    ];
  },
};
