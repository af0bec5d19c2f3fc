import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type QueueEntry, WaitingQueue } from '../../../src/interpret/limits/waitingQueue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

let log: string[] = [];
beforeEach(() => {
  log = [];
});

/** An entry that is ready at a time; its start and its end are logged. */
const entry = (name: string, readyAt: number, over: Partial<QueueEntry> = {}): QueueEntry => ({
  deadlineMs: Infinity,
  ready: (nowMs) => (readyAt <= nowMs ? () => void log.push(name) : readyAt),
  expire: () => void log.push(`${name} expired`),
  ...over,
});
const now = (): number => performance.now();

it('starts what is ready at once, and none before those ahead of it', () => {
  const queue = new WaitingQueue();
  queue.add(entry('a', now()));
  queue.add(entry('b', now() + 100));
  queue.add(entry('c', now()));
  expect(log).toEqual(['a']);
  vi.advanceTimersByTime(100);
  expect(log).toEqual(['a', 'b', 'c']);
});

it('starts what came back first, and each of it by itself', () => {
  const queue = new WaitingQueue();
  let isOpen = false;
  const later = (name: string): QueueEntry => entry(name, 0, { ready: () => (isOpen ? () => void log.push(name) : Infinity) });
  queue.add(later('new'));
  queue.addReturned(entry('slow', now() + 500));
  queue.addReturned(later('back'));
  isOpen = true;
  queue.advance();
  expect(log).toEqual(['back', 'new']);
  vi.advanceTimersByTime(500);
  expect(log).toEqual(['back', 'new', 'slow']);
});

it('drops an entry at its deadline, wherever it stands, and never starts one later', () => {
  const queue = new WaitingQueue();
  queue.add(entry('head', now() + 1_000));
  queue.add(entry('late', now(), { deadlineMs: now() + 50 }));
  vi.advanceTimersByTime(50);
  expect(log).toEqual(['late expired']);
  queue.add(entry('too late', now(), { deadlineMs: now() }));
  vi.advanceTimersByTime(2_000);
  expect(log).toEqual(['late expired', 'too late expired', 'head']);
});

it('starts nothing after its deadline, also where the timers are late', () => {
  const queue = new WaitingQueue();
  let isOpen = false;
  queue.add(entry('late', 0, { deadlineMs: now() + 50, ready: () => (isOpen ? () => void log.push('started') : Infinity) }));
  const frozenMs = now() + 1_000;
  vi.spyOn(performance, 'now').mockReturnValue(frozenMs);
  isOpen = true;
  queue.advance();
  vi.restoreAllMocks();
  expect(log).toEqual(['late expired']);
});

it('forgets an entry that is deleted, with its deadline', () => {
  const queue = new WaitingQueue();
  const gone = entry('gone', now() + 100, { deadlineMs: now() + 200 });
  queue.add(gone);
  expect(queue.delete(gone)).toBe(true);
  expect(queue.delete(gone)).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(log).toEqual([]);
});

it('lets a start change what others wait for, and come back at once', () => {
  const queue = new WaitingQueue();
  let rounds = 0;
  const again: QueueEntry = entry('again', 0, {
    ready: () => () => {
      log.push(`round ${rounds}`);
      if (++rounds < 3) queue.addReturned(again);
    },
  });
  queue.add(again);
  expect(log).toEqual(['round 0', 'round 1', 'round 2']);
});

it('goes on after a start that throws', () => {
  const queue = new WaitingQueue();
  const throwing = entry('throwing', 0, {
    ready: () => () => {
      throw new Error('a bug');
    },
  });
  expect(() => queue.add(throwing)).toThrow('a bug');
  queue.add(entry('next', 0));
  expect(log).toEqual(['next']);
});
