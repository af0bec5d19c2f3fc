import { PipelineError } from '../../errors.ts';
import { refusalOf } from './connectionRefusal.ts';

/** Whether a second attempt can succeed after this error of a broker. */
export function isRetriable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { type } = cause as { type?: string };
    if (type === 'MESSAGE_TOO_LARGE' || type === 'OFFSET_METADATA_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return false;
    if (type?.endsWith('_AUTHORIZATION_FAILED') || (cause instanceof PipelineError && !cause.retryable)) return false;
  }
  const refused = refusalOf(error);
  // ILLEGAL_SASL_STATE from a broker that accepted our password before only means that kafkajs was out of step.
  return refused === undefined || refused.refusal === 'no passwords';
}
