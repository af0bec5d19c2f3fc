import { PipelineError, codeOf, errorCodes, messageOf } from '../../errors.ts';

/**
 * The error of a frame that every target failed. Where each failure is one that every further frame would meet, so is this
 * one, and the run ends; else it is the frame's, and PROVIDERS_EXHAUSTED. The causes are kept.
 */
export function combineFailures(failures: readonly unknown[]): PipelineError {
  const ending = failures.every((failure) => errorCodes[codeOf(failure)].endsRun);
  return new PipelineError(
    ending && failures.length > 0 ? codeOf(failures[0]) : 'PROVIDERS_EXHAUSTED',
    failures.map(messageOf).join('; '),
    {
      cause: new AggregateError(failures, `${failures.length} targets failed`),
      retryable: failures.some((failure) => failure instanceof PipelineError && failure.retryable),
    },
  );
}
