/** A memo of bounded size; the entry longest unused goes first. Failures are remembered like answers. */
export function recall<Value>(most: number): (key: string, make: () => Value) => Value {
  const known = new Map<string, Value>();
  return (key, make) => {
    const old = known.get(key);
    if (old !== undefined) {
      known.delete(key);
      known.set(key, old);
      return old;
    }
    const value = make();
    known.set(key, value);
    if (known.size > most) known.delete(known.keys().next().value!);
    return value;
  };
}
