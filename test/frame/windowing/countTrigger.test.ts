import { expect, it } from 'vitest';
import { countTrigger } from '../../../src/frame/windowing/countTrigger.ts';
import { eventsOf } from '../dots.ts';

it('fires behind the n-th event, however the events come', () => {
  const events = eventsOf(Array.from({ length: 10 }, (_, t) => ({ t, x: 0, y: 0, p: 0 })));
  expect(countTrigger(4).firesAt(events, 2, 10)).toBe(6);
  expect(countTrigger(4).firesAt(events, 2, 6)).toBe(6);
  const trigger = countTrigger(4);
  expect([trigger.firesAt(events, 0, 3), trigger.firesAt(events, 3, 9)]).toEqual([-1, 4]);
});
