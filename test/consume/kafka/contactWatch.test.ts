import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ContactWatch } from '../../../src/consume/kafka/contactWatch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('notices a silence that is longer than its limit, until it is stopped', () => {
  const silences: number[] = [];
  const watch = new ContactWatch(5000);
  watch.start((ms) => void silences.push(ms));
  vi.advanceTimersByTime(4000);
  watch.contact();
  vi.advanceTimersByTime(5000);
  expect([watch.isLost, silences]).toEqual([false, []]);
  vi.advanceTimersByTime(2000);
  expect([watch.isLost, silences]).toEqual([true, [6000, 7000]]);
  watch.stop();
  vi.advanceTimersByTime(5000);
  expect(silences).toHaveLength(2);
});
