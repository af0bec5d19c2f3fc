import { PipelineError } from '../../errors.ts';
import { refusalOf } from './connectionRefusal.ts';

/** Whether no second try mends what a broker said. */
export function isHopeless(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { type } = cause as { type?: string };
    if (type === 'MESSAGE_TOO_LARGE' || type === 'OFFSET_METADATA_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return true;
    if (type?.endsWith('_AUTHORIZATION_FAILED') || cause instanceof PipelineError) return true;
  }
  const refused = refusalOf(error);
  // Of a broker that took our password a moment ago it says that kafkajs was out of step.
  return refused !== undefined && refused.refusal !== 'no passwords';
}
