import { delay, take } from 'rxjs';
import { it } from 'vitest';
import { perSensor } from '../../src/stage/perSensor.ts';
import { marbles } from './marbles.ts';

const of = (sensor: string, n: number): { sensor: string; n: number } => ({ sensor, n });
const values = { a: of('left', 1), b: of('left', 2), c: of('left', 3), x: of('right', 1), y: of('right', 2) };

it('gives each sensor a flow of its own, with state of its own', () => {
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold('ax-b-yc-|', values).pipe(perSensor(take(2)))).toBe('ax-b-y--|', values);
  });
});

it('completes when the flow of every sensor has, and errors with the first', () => {
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a-x|', values).pipe(perSensor(delay(3)))).toBe('---a-(x|)', values);
    expectObservable(cold('a-#', values).pipe(perSensor(take(5)))).toBe('a-#', values);
  });
});
