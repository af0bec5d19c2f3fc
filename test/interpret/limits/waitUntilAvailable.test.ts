import { NEVER, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PipelineError } from '../../../src/errors.ts';
import { waitUntilAvailable } from '../../../src/interpret/limits/waitUntilAvailable.ts';
import { request } from '../support/request.ts';
import { answerOf, setAvailability } from '../support/scripted.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Waiting calls of one target; says what became of each. */
function rig() {
  const availability = setAvailability();
  const whenAvailable = waitUntilAvailable('gpt', availability);
  const log: string[] = [];
  const ask = (name: string, deadlineMs = Infinity) =>
    whenAvailable(request({ deadlineMs }), () => {
      log.push(`${name} asked`);
      return of(answerOf('gpt'));
    }).subscribe({ error: ({ code, message }: PipelineError) => log.push(`${name} ${code}: ${message}`) });
  return { availability, whenAvailable, log, ask };
}

describe('a call', () => {
  it('starts at once where the target is available, else in turn when it is', () => {
    const { availability, ask, log } = rig();
    ask('a');
    availability.set({ readyAt: Infinity });
    ask('b');
    ask('c');
    expect(log).toEqual(['a asked']);
    availability.set({ readyAt: -Infinity });
    expect(log).toEqual(['a asked', 'b asked', 'c asked']);
  });

  it('waits out a cooldown', () => {
    const { availability, ask, log } = rig();
    availability.set({ backAt: performance.now() + 3_000 });
    ask('a');
    vi.advanceTimersByTime(2_999);
    expect(log).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(log).toEqual(['a asked']);
  });

  it('fails, with the target named, where waiting is of no use', () => {
    const { availability, ask, log } = rig();
    availability.set({ readyAt: Infinity });
    ask('late', performance.now() + 100);
    ask('dead');
    vi.advanceTimersByTime(100);
    availability.set({ backAt: Infinity });
    expect(log).toEqual([
      'late DEADLINE_PASSED: the caption would come too late: gpt was not free in time',
      'dead KEYS_REJECTED: gpt has no key that works: each was refused, or its account has no credit',
    ]);
  });

  it('leaves the queue when its caller unsubscribes, and is hung up on when it has started', () => {
    const { availability, ask, log, whenAvailable } = rig();
    availability.set({ readyAt: Infinity });
    ask('a').unsubscribe();
    availability.set({ readyAt: -Infinity });
    expect(log).toEqual([]);
    const hungUp = vi.fn<() => void>();
    const call = whenAvailable(request(), () => NEVER).subscribe();
    call.add(hungUp);
    call.unsubscribe();
    expect(hungUp).toHaveBeenCalledOnce();
  });
});
