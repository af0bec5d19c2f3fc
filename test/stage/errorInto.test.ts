import { Observable, Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { errorInto } from '../../src/stage/errorInto.ts';

it('errors with what the handler throws, and passes on the rest', () => {
  const input = new Subject<number>();
  const seen: unknown[] = [];
  const halves = new Observable<number>((subscriber) =>
    input.subscribe({
      next: errorInto(subscriber, (value) => {
        if (value % 2) throw new Error(`${value} is odd`);
        subscriber.next(value / 2);
      }),
    }),
  );
  halves.subscribe({ next: (value) => seen.push(value), error: (error) => seen.push(error) });
  for (const value of [2, 3, 4]) input.next(value);
  expect(seen).toEqual([1, new Error('3 is odd')]);
  expect(input.observed).toBe(false);
});
