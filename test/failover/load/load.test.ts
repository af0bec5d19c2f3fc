import { describe, expect, it } from 'vitest';
import { blackout } from './blackout.ts';
import { capacityStep } from './capacityStep.ts';
import { quotaTest } from './quotaTest.ts';

// Two minutes of measuring rates; on cores shared with other tests the figures would be the machine's, not ours.
// `npm run scenarios -- --load` prints the same with the full durations.
describe.skipIf(!process.env['SACCADE_LOAD_TESTS'])('under load (set SACCADE_LOAD_TESTS=1)', { timeout: 120_000 }, () => {
  it('uses the quotas and is hardly ever refused, where a naive client is', async () => {
    const { naive429, saccade429, used, share, allowedShare } = await quotaTest(8);
    expect(naive429).toBeGreaterThan(0.3);
    expect(saccade429).toBeLessThanOrEqual(0.005);
    for (const part of Object.values(used)) expect(part).toBeGreaterThanOrEqual(0.95);
    expect(Math.abs(share - allowedShare)).toBeLessThanOrEqual(0.02);
  });

  it('finds a new capacity within ten seconds, down and up', async () => {
    const { stretches, failed } = await capacityStep(10_000);
    expect(failed).toBe(0);
    for (const { capacity, settledMs, refused, busy } of stretches) {
      expect([capacity, settledMs]).toEqual([capacity, expect.toSatisfy((ms: number) => ms <= 10_000)]);
      expect(refused).toBeLessThan(0.1);
      expect(busy).toBeGreaterThan(capacity * 0.6);
    }
  });

  it('sits out a blackout of everything: no frame lost, memory flat, back in seconds without a stampede', async () => {
    const result = await blackout(10_000);
    expect(result.failed).toBe(0);
    expect(result.darkPerSecond).toBeLessThan(5);
    expect(result.firstAnswerMs).toBeLessThan(5_500);
    expect(result.highestBurstPerSecond).toBeLessThanOrEqual(result.steadyPerSecond * 2);
    expect(result.grownMb).toBeLessThan(30);
    expect(result.recoveredMs).toBeLessThan(12_000);
  });
});
