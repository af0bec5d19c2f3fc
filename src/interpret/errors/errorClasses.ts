/** What a call that failed with a class of error leads to. */
interface Consequence {
  /** What cools down, or is disabled, until the failure's `waitMs` or for good: this key, or every key of the target. */
  readonly coolsDown?: 'key' | 'target';
  /** How often the same target may be asked again for the frame; absent: as often as the caller allows. */
  readonly retries?: number;
  /** Whether another target may answer the frame. */
  readonly fallbackable: boolean;
  /** Whether it counts as a failure of the upstream in the circuit breaker. */
  readonly unhealthy: boolean;
  /** Whether fewer concurrent calls would help. */
  readonly overloaded: boolean;
}

const temporary = { fallbackable: true, unhealthy: true, overloaded: false } as const;
/** The same call would fail again, and the upstream is not to blame. */
const permanent = { retries: 0, fallbackable: true, unhealthy: false, overloaded: false } as const;
/** Another target would fail alike, or must not be asked. */
const final = { ...permanent, fallbackable: false } as const;

/**
 * What may go wrong with one call, and what follows. The class is made from the body of the reply before its status, because
 * vendors put different facts under the same status (`upstream/errorReply/`). Errors that are no vendor's follow `errorCodes`
 * in `src/errors.ts`; `errorClassOf.ts` puts the two tables together.
 */
export const errorClasses = {
  rate_limit: { ...temporary, coolsDown: 'key', unhealthy: false, overloaded: true },
  overloaded: { ...temporary, overloaded: true },
  transient: temporary,
  timeout: { ...temporary, retries: 0, overloaded: true },
  malformed: { ...temporary, retries: 1 },
  truncated: { ...temporary, retries: 1, unhealthy: false },
  quota: { ...permanent, coolsDown: 'key' },
  credential: { ...permanent, coolsDown: 'key' },
  permission: { ...permanent, coolsDown: 'key' },
  model_access: { ...permanent, coolsDown: 'key' },
  region_blocked: { ...permanent, coolsDown: 'key' },
  model_gone: { ...permanent, coolsDown: 'target' },
  context_length: permanent,
  too_large: permanent,
  conflict: permanent,
  budget: permanent,
  unknown: { ...permanent, unhealthy: true },
  caller_fault: final,
  refused: final,
  blocked: final,
  cancelled: final,
} as const satisfies Record<string, Consequence>;

export type ErrorClass = keyof typeof errorClasses;

/** The row of a class, with the fields that it does not have absent. */
export const consequenceOf = (errorClass: ErrorClass): Consequence => errorClasses[errorClass];
