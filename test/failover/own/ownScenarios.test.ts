import { describe, expect, it } from 'vitest';
import { ownScenarios } from './ownScenarios.ts';

// Those that measure rates run with SACCADE_LOAD_TESTS=1, and always in `npm run scenarios`.
describe('scenarios of our own', { timeout: 60_000 }, () => {
  for (const { id, stimulus, measured, run } of ownScenarios) {
    it.skipIf(measured && !process.env['SACCADE_LOAD_TESTS'])(`${id} ${stimulus}`, async () => {
      const checks = await run();
      expect(checks.length).toBeGreaterThan(0);
      expect(checks.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual([]);
    });
  }
});
