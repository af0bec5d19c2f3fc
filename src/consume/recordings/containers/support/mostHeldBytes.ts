/** A chunk by its first and last time, and the bytes that it takes while it is open. */
export interface TimedChunk {
  readonly start: bigint;
  readonly end: bigint;
  readonly bytes: number;
}

/** The bytes of the chunks that are open at the same time, where there are most of them: a reader in the order of time holds them all. */
export function mostHeldBytes(chunks: readonly TimedChunk[]): number {
  const steps = chunks.flatMap(({ start, end, bytes }) => [
    { at: start, bytes },
    { at: end + 1n, bytes: -bytes },
  ]);
  let held = 0;
  let most = 0;
  for (const { bytes } of steps.toSorted((a, b) => (a.at === b.at ? a.bytes - b.bytes : a.at < b.at ? -1 : 1))) {
    held += bytes;
    most = Math.max(most, held);
  }
  return most;
}
