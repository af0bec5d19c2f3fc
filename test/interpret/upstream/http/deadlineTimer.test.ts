import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callDeadlines } from '../../../../src/interpret/upstream/callDeadlines.ts';
import { DeadlineTimer } from '../../../../src/interpret/upstream/http/deadlineTimer.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const deadlines = callDeadlines.parse({ connectMs: 100, headersMs: 200, idleMs: 50, totalMs: 1_000 });
const passed: string[] = [];
const timer = (over: Partial<typeof deadlines> = {}): DeadlineTimer =>
  new DeadlineTimer({ ...deadlines, ...over }, (phase) => passed.push(phase));
beforeEach(() => {
  passed.length = 0;
});

/** A timer that fires lets the event loop read what has arrived first, which takes it a millisecond here. */
const READ_MS = 1;

it('gives each phase its own time', () => {
  const one = timer();
  one.enter('connect');
  vi.advanceTimersByTime(99);
  one.enter('headers');
  vi.advanceTimersByTime(199);
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(1 + READ_MS);
  expect(passed).toEqual(['headers']);
  expect(one.describe('headers')).toBe('headers deadline of 200 ms');
});

it('ends what never falls silent at the total deadline', () => {
  const one = timer();
  for (let ms = 0; ms < 1_000; ms += 10) {
    one.enter('idle');
    vi.advanceTimersByTime(10);
  }
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(READ_MS);
  expect(passed).toEqual(['total']);
});

it('reads a reply that looks complete after a second, and goes on with silence where it was not', () => {
  const one = timer({ idleMs: 3_000, totalMs: 60_000 });
  one.enter('idle');
  one.enter('end');
  vi.advanceTimersByTime(1_000 + READ_MS);
  expect(passed).toEqual(['end']);
  one.resumeIdle();
  vi.advanceTimersByTime(1_990);
  expect(passed).toEqual(['end']);
  vi.advanceTimersByTime(20);
  expect(passed).toEqual(['end', 'idle']);
});

it('counts only the upstream’s silence: where the process was busy it listens on, once', () => {
  const one = timer();
  one.enter('idle');
  const now = performance.now.bind(performance);
  let busyMs = 500;
  vi.spyOn(performance, 'now').mockImplementation(() => now() + busyMs);
  vi.advanceTimersByTime(60);
  expect(passed).toEqual([]);
  busyMs += 5_000;
  vi.advanceTimersByTime(1_000);
  expect(passed).toEqual(['idle']);
  vi.restoreAllMocks();
});

it('is silent once it is stopped', () => {
  const one = timer();
  one.enter('idle');
  one.stop();
  vi.advanceTimersByTime(10_000);
  expect(passed).toEqual([]);
});
