/**
 * Makes callers share runs of `work`. Those who call during a run share the run after it, because the running one may have
 * looked at a state that is older than their call.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  const run = (): Promise<void> =>
    (running = work().finally(() => {
      running = undefined;
    }));
  return () => {
    if (!running) return run();
    return (queued ??= running
      .catch(() => {})
      .then(() => {
        queued = undefined;
        return run();
      }));
  };
}
