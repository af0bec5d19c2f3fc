import type { Reject } from './reject.ts';

/** Knows the dead letters that are being written, so that a run does not close their sink before they are safe. */
export interface TrackedRejections {
  readonly reject: Reject;
  /** Resolves when every dead letter begun so far is safe; rejects with the first one that could not be written. */
  settled(): Promise<void>;
}

export function trackRejections(reject: Reject): TrackedRejections {
  const pending = new Set<Promise<void>>();
  let failure: { readonly cause: unknown } | undefined;
  return {
    reject(stage, item, cause, evidence) {
      const writing = reject(stage, item, cause, evidence);
      pending.add(writing);
      void writing.catch((error: unknown) => (failure ??= { cause: error })).finally(() => pending.delete(writing));
      return writing;
    },
    async settled() {
      while (pending.size > 0) await Promise.allSettled(pending);
      if (failure) throw failure.cause;
    },
  };
}
