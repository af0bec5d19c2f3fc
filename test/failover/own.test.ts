import { describe, expect, it } from 'vitest';
import { ownScenarios } from './own.ts';

describe('scenarios of our own', { timeout: 60_000 }, () => {
  for (const { id, stimulus, run } of ownScenarios) {
    it(`${id} ${stimulus}`, async () => {
      const checks = await run();
      expect(checks.length).toBeGreaterThan(0);
      expect(checks.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual([]);
    });
  }
});
