import type { Sink } from '../sink.ts';

/** Keeps the values in an array: for tests, and for programs that use Saccade as a library. */
export function memory<Value extends object>(): Sink<Value> & { readonly values: Value[] } {
  const values: Value[] = [];
  return {
    name: 'memory',
    params: {},
    values,
    async write(value) {
      values.push(value);
    },
    has: (id) => values.some((value) => 'id' in value && value.id === id),
  };
}
