import { codeOf, errorCodes } from '../errors.ts';
import type { Reject } from './reject.ts';

/** Tells items that failed from a run that cannot go on. */
export interface Halt {
  /** Rejects what is the item's fault. After a fatal fault the item is neither acked nor rejected: a later run reads it again. */
  readonly reject: Reject;
  /** Aborts at the first fatal fault, so that the source ends and what is on its way arrives. */
  readonly signal: AbortSignal;
  /** Throws the fatal fault, if there was one. */
  readonly throwIfHalted: () => void;
}

export function haltOnFatal(reject: Reject): Halt {
  const controller = new AbortController();
  return {
    reject: async (stage, item, cause, evidence) => {
      if (errorCodes[codeOf(cause)].endsRun) controller.abort(cause);
      else await reject(stage, item, cause, evidence);
    },
    signal: controller.signal,
    throwIfHalted() {
      if (controller.signal.aborted) throw controller.signal.reason;
    },
  };
}
