import { from, mergeMap } from 'rxjs';
import { expect, it } from 'vitest';
import { marbles, marblesOfPromises, sleep } from './marbles.ts';

it('lets timers and clocks that are not of RxJS live in virtual time', () => {
  const seen: string[] = [];
  marbles(() => {
    const ticks = setInterval(() => seen.push(`tick ${performance.now()}`), 10);
    const never = setTimeout(() => seen.push('never'), 20);
    setTimeout(() => clearTimeout(never), 15);
    setTimeout(() => clearInterval(ticks), 25);
  });
  expect(seen).toEqual(['tick 10', 'tick 20']);
});

it('lets promises settle at their moment of virtual time', async () => {
  await marblesOfPromises(({ cold, expectObservable, expectSubscriptions }) => {
    const letters = cold('a-b|');
    const later = letters.pipe(
      mergeMap((letter) =>
        from(
          (async () => {
            await sleep(5);
            await sleep(1);
            return letter;
          })(),
        ),
      ),
    );
    expectObservable(later).toBe('------a-(b|)');
    expectSubscriptions(letters.subscriptions).toBe('^--!');
  });
});

it('fails for a diagram that is wrong', async () => {
  const wrong = marblesOfPromises(({ cold, expectObservable }) => expectObservable(cold('a-b|')).toBe('a--b|'));
  await expect(wrong).rejects.toThrow('to deeply equal');
});
