/** Work that many may ask for at once: all who ask before a round begins share that round. */
export function together(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return async () => {
    next ??= (async () => {
      await running.catch(() => {});
      running = next!;
      next = undefined;
      await work();
    })();
    return next;
  };
}
