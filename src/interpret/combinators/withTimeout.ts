import { catchError, throwError, timeout } from 'rxjs';
import { z } from 'zod';
import { PipelineError, codeOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Captioner } from '../captioner.ts';
import { wrapCaptioner } from './support/wrapCaptioner.ts';

export interface WithTimeoutOptions {
  /** Longest wait for the answer in milliseconds, everything included. */
  ms: number;
}

const schema = z.strictObject({ ms: z.number().positive('must be above 0 ms') });

/** How much later a captioner is hung up on that does not keep to the deadline it was given. */
const GRACE_MS = 50;

/**
 * Gives up after a time. The deadline is passed to the target, so that it closes the socket itself and records a timeout
 * rather than a caller that hung up. Errors with PROVIDER_FAILED, retryable.
 */
export function withTimeout(inner: Captioner, options: WithTimeoutOptions): Captioner {
  const { ms } = readOptions('withTimeout', schema, options);
  const timedOut = (): PipelineError => new PipelineError('PROVIDER_FAILED', `no answer within ${ms} ms`, { retryable: true });
  return wrapCaptioner(
    inner,
    (target, request) => {
      const deadlineMs = performance.now() + ms;
      if (request.deadlineMs <= deadlineMs) return target(request);
      return target({ ...request, deadlineMs }).pipe(
        timeout({ each: ms + GRACE_MS, with: () => throwError(timedOut) }),
        catchError((error: unknown) => throwError(() => (codeOf(error) === 'DEADLINE_PASSED' ? timedOut() : error))),
      );
    },
    `an answer within ${ms} ms`,
  );
}
