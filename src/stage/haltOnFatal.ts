import { type Observable, ReplaySubject } from 'rxjs';
import { codeOf, errorCodes } from '../errors.ts';
import type { Reject } from './reject.ts';

/** Separates items that failed from a run that cannot go on. */
export interface Halt {
  /** Rejects what is the item's fault. After a fatal fault the item is neither acked nor rejected: a later run reads it again. */
  readonly reject: Reject;
  /** Emits at the first fatal fault, so that the source ends and what is on its way arrives. */
  readonly halted: Observable<unknown>;
  /** Throws the fatal fault, if there was one. */
  readonly throwIfHalted: () => void;
}

/** Fatal are the faults that every further item would meet, as `errorCodes` has them: a dead letter for each would only hide the cause. */
export function haltOnFatal(reject: Reject): Halt {
  const halted = new ReplaySubject<unknown>(1);
  let fault: { readonly cause: unknown } | undefined;
  return {
    reject: async (stage, item, cause, evidence) => {
      if (!errorCodes[codeOf(cause)].endsRun) return reject(stage, item, cause, evidence);
      fault ??= { cause };
      halted.next(cause);
    },
    halted,
    throwIfHalted() {
      if (fault) throw fault.cause;
    },
  };
}
