import { Observable, Subject, of, throwError } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { SingleFlight } from '../../src/interpret/singleFlight.ts';

const rig = () => {
  const flights = new SingleFlight<string>((value) => `${value}, shared`);
  const source = new Subject<string>();
  const call = vi.fn<() => Observable<string>>(() => source);
  const log: string[] = [];
  const ask = (name: string, id = 'x') =>
    flights.run(id, call).subscribe({
      next: (value) => log.push(`${name}: ${value}`),
      error: (error: Error) => log.push(`${name} failed: ${error.message}`),
      complete: () => log.push(`${name} done`),
    });
  return { flights, source, call, log, ask };
};

it('makes one call for those that ask the same at the same time, and says who made it', () => {
  const { source, call, log, ask } = rig();
  ask('a');
  ask('b');
  source.next('yes');
  ask('late');
  source.complete();
  expect(call).toHaveBeenCalledOnce();
  expect(log).toEqual(['a: yes', 'b: yes, shared', 'late: yes, shared', 'a done', 'b done', 'late done']);
  ask('next');
  expect(call).toHaveBeenCalledTimes(2);
});

it('fails all of them together, and calls again afterwards', () => {
  const { source, call, log, ask } = rig();
  ask('a');
  ask('b');
  source.error(new Error('down'));
  expect(log).toEqual(['a failed: down', 'b failed: down']);
  call.mockReturnValue(of('up'));
  ask('c');
  expect(log.at(-2)).toBe('c: up');
});

it('hangs up when the last of them leaves, and not before', () => {
  const { source, call, ask } = rig();
  const [a, b] = [ask('a'), ask('b')];
  a.unsubscribe();
  expect(source.observed).toBe(true);
  b.unsubscribe();
  expect(source.observed).toBe(false);
  ask('c');
  expect(call).toHaveBeenCalledTimes(2);
});

it('keeps different ids apart, and a call that ends at once', () => {
  const { flights } = rig();
  const values: string[] = [];
  flights.run('x', () => of('1')).subscribe((value) => values.push(value));
  flights.run('x', () => of('2')).subscribe((value) => values.push(value));
  flights.run('y', () => throwError(() => new Error('down'))).subscribe({ error: ({ message }: Error) => values.push(message) });
  expect(values).toEqual(['1', '2', 'down']);
});
