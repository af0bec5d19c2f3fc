/** Remembers what was made for each key, `size` of them at most; the one longest unused is dropped first. Failures are remembered too. */
export function memo<Value>(size: number): (key: string, make: () => Value) => Value {
  const known = new Map<string, Value>();
  return (key, make) => {
    const old = known.get(key);
    if (old !== undefined) {
      // Inserted again, so that the map is in order of use.
      known.delete(key);
      known.set(key, old);
      return old;
    }
    const value = make();
    known.set(key, value);
    if (known.size > size) known.delete(known.keys().next().value!);
    return value;
  };
}
