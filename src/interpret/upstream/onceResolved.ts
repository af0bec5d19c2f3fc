/** Computes a value when it is first needed, and keeps it. A failure is not kept: the next caller tries again. */
export function onceResolved<Value>(compute: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= compute().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}
