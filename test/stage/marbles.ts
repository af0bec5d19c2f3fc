import { Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, vi } from 'vitest';

type Helpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];
type Diagrams = (helpers: Helpers, now: () => number) => void;

/**
 * Runs marble diagrams in virtual time, where one character is one millisecond; `now` is the virtual time in milliseconds.
 * Code that waits for promises needs `marblesOfPromises`.
 */
export const marbles = (run: Diagrams): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  using _ = virtualClocks(scheduler);
  scheduler.run((helpers) => run(helpers, () => scheduler.now()));
};

/**
 * The same for code that waits for promises: they settle after each moment of virtual time, and before the next. Nothing is
 * played before `run` has returned, so the diagrams must be made in it, not in what it plays.
 */
export const marblesOfPromises = async (run: Diagrams): Promise<void> => {
  const checks: (() => void)[] = [];
  const scheduler = new TestScheduler((actual, expected) => void checks.push(() => expect(actual).toEqual(expected)));
  using _ = virtualClocks(scheduler);
  scheduler.run((helpers) => {
    run(helpers, () => scheduler.now());
    // The flush at the end of this function plays nothing: it cannot wait for promises.
    scheduler.maxFrames = -1;
  });
  for (let next = scheduler.actions[0]; next; next = scheduler.actions[0]) {
    scheduler.maxFrames = next.delay;
    scheduler.flush();
    await promisesSettled();
  }
  for (const check of checks) check();
};

/** Resolves after a time, in virtual time where diagrams are played. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const { setImmediate: nextTurn } = globalThis;
const promisesSettled = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

/** Lets code that reads `performance.now()` or sets timers without RxJS live in the virtual time too. */
function virtualClocks(scheduler: TestScheduler): Disposable {
  const clear = (timer: Subscription | undefined): void => timer?.unsubscribe();
  const setTimeout = (fire: () => void, ms = 0): Subscription => scheduler.schedule(fire, ms);
  const setInterval = (fire: () => void, ms = 0): Subscription => {
    const timer = new Subscription();
    const wait = (): void => {
      timer.add(
        setTimeout(() => {
          wait();
          fire();
        }, ms),
      );
    };
    wait();
    return timer;
  };
  for (const [name, value] of Object.entries({ setTimeout, setInterval, clearTimeout: clear, clearInterval: clear })) {
    vi.stubGlobal(name, value);
  }
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => scheduler.now());
  return {
    [Symbol.dispose]() {
      clock.mockRestore();
      vi.unstubAllGlobals();
    },
  };
}
