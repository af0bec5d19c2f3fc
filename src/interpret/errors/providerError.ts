import { PipelineError } from '../../errors.ts';
import type { Attempt } from '../caption.ts';
import { type ErrorClass, consequenceOf } from './errorClasses.ts';

/** Why a call brought no caption, and when the upstream wants to be asked again. */
export interface CallFailure {
  readonly class: ErrorClass;
  /** Short, without secrets. */
  readonly reason: string;
  /** What the upstream asked to wait; absent where it gave no hint, Infinity for ever. */
  readonly waitMs?: number;
}

/** One attempt that brought no caption. */
export class ProviderError extends PipelineError {
  override readonly name: string = 'ProviderError';
  readonly failure: CallFailure;
  readonly attempt: Attempt;

  constructor(failure: CallFailure, attempt: Attempt, options: ErrorOptions = {}) {
    const refused = failure.class === 'refused' || failure.class === 'blocked';
    const { retries = 1 } = consequenceOf(failure.class);
    const status = attempt.status ? ` ${attempt.status}` : '';
    super(refused ? 'PROVIDER_REFUSED' : 'PROVIDER_FAILED', `${attempt.target}:${status} ${failure.class}: ${failure.reason}`, {
      retryable: retries > 0 || failure.class === 'timeout',
      ...options,
    });
    this.failure = failure;
    this.attempt = attempt;
  }
}
