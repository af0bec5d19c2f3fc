import { type ErrorCode, PipelineError, codeOf, messageOf } from '../errors.ts';

/** An error as it travels. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export const errorFactsOf = (error: unknown): ErrorFacts => ({
  code: codeOf(error),
  message: messageOf(error),
  retryable: error instanceof PipelineError && error.retryable,
});

export const errorOf = ({ code, message, retryable }: ErrorFacts): PipelineError => new PipelineError(code, message, { retryable });
