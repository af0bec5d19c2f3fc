import { PipelineError } from '../errors.ts';
import type { Attempt, ErrorClass } from './caption.ts';

/** What a route may do next after a failure of this class; the classes are made from the body of the reply (classify.ts). */
export interface Consequence {
  /** `key`: this key is out, `target`: every key of this target is out, for good or until the failure's `waitMs`. */
  readonly parks?: 'key' | 'target';
  /** Calls to the same target may be repeated this often for one frame; absent: as often as the route allows. */
  readonly again?: number;
  /** Whether another target may be asked. */
  readonly elsewhere: boolean;
  /** Whether it says something about the health of the upstream. */
  readonly sick: boolean;
  /** Whether fewer calls at once would help. */
  readonly crowded: boolean;
}

const never = { again: 0, sick: false, crowded: false } as const;

export const consequences: Readonly<Record<ErrorClass, Consequence>> = {
  rate_limit: { parks: 'key', elsewhere: true, sick: false, crowded: true },
  overloaded: { elsewhere: true, sick: true, crowded: true },
  transient: { elsewhere: true, sick: true, crowded: false },
  timeout: { again: 0, elsewhere: true, sick: true, crowded: true },
  malformed: { again: 1, elsewhere: true, sick: true, crowded: false },
  truncated: { again: 1, elsewhere: true, sick: false, crowded: false },
  quota: { ...never, parks: 'key', elsewhere: true },
  credential: { ...never, parks: 'key', elsewhere: true },
  permission: { ...never, parks: 'key', elsewhere: true },
  model_access: { ...never, parks: 'key', elsewhere: true },
  region_blocked: { ...never, parks: 'key', elsewhere: true },
  model_gone: { ...never, parks: 'target', elsewhere: true },
  context_length: { ...never, elsewhere: true },
  too_large: { ...never, elsewhere: true },
  conflict: { ...never, elsewhere: true },
  unknown: { ...never, elsewhere: true, sick: true },
  budget: { ...never, elsewhere: true },
  caller_fault: { ...never, elsewhere: false },
  refused: { ...never, elsewhere: false },
  blocked: { ...never, elsewhere: false },
  cancelled: { ...never, elsewhere: false },
};

/** A class with what the upstream said of it and when it wants to be asked again. */
export interface Failure {
  readonly class: ErrorClass;
  /** Short, without secrets. */
  readonly reason: string;
  /** What the upstream asked to wait; absent where it gave no hint, Infinity for ever. */
  readonly waitMs?: number;
}

/** One attempt that brought no caption. */
export class ProviderError extends PipelineError {
  override readonly name: string = 'ProviderError';
  readonly failure: Failure;
  readonly attempt: Attempt;

  constructor(failure: Failure, attempt: Attempt, options: ErrorOptions = {}) {
    const refused = failure.class === 'refused' || failure.class === 'blocked';
    const { again = 1 } = consequences[failure.class];
    const status = attempt.status ? ` ${attempt.status}` : '';
    super(refused ? 'PROVIDER_REFUSED' : 'PROVIDER_FAILED', `${attempt.target}:${status} ${failure.class}: ${failure.reason}`, {
      retryable: again > 0 || failure.class === 'timeout',
      ...options,
    });
    this.failure = failure;
    this.attempt = attempt;
  }
}

/** The class of anything that a captioner can throw; undefined for faults that are no upstream's. */
export const classOf = (error: unknown): ErrorClass | undefined => {
  if (error instanceof ProviderError) return error.failure.class;
  if (!(error instanceof PipelineError)) return undefined;
  if (error.code === 'BUDGET_SPENT') return 'budget';
  if (error.code === 'PROVIDER_REFUSED') return 'refused';
  return error.code === 'PROVIDER_FAILED' || error.code === 'PROVIDERS_EXHAUSTED' ? (error.retryable ? 'transient' : 'unknown') : undefined;
};
