import { TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

type Helpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

/** Runs marble diagrams in virtual time, where one character is one millisecond; `now` is the virtual time in milliseconds. */
export const marbles = (run: (helpers: Helpers, now: () => number) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => run(helpers, () => scheduler.now()));
};
