import { catchError, throwError, timeout as timeoutWhen } from 'rxjs';
import { z } from 'zod';
import { PipelineError, codeOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Captioner } from '../captioner.ts';
import { wrap } from './support/wrap.ts';

export interface TimeoutOptions {
  /** Longest wait for the answer in milliseconds, everything included. */
  ms: number;
}

const schema = z.strictObject({ ms: z.number().positive('must be above 0 ms') });

/** How much later a captioner is hung up on that does not mind the deadline it was given. */
const GRACE_MS = 50;

/**
 * Gives up after a time. The target is told the deadline, so that it closes the socket itself and records a timeout
 * rather than a caller that hung up. Errors with PROVIDER_FAILED, retryable.
 */
export function timeout(inner: Captioner, options: TimeoutOptions): Captioner {
  const { ms } = readOptions('timeout', schema, options);
  const late = (): PipelineError => new PipelineError('PROVIDER_FAILED', `no answer within ${ms} ms`, { retryable: true });
  return wrap(
    inner,
    (target, request) => {
      const ownMs = performance.now() + ms;
      if (request.deadlineMs <= ownMs) return target(request);
      return target({ ...request, deadlineMs: ownMs }).pipe(
        timeoutWhen({ each: ms + GRACE_MS, with: () => throwError(late) }),
        catchError((error: unknown) => throwError(() => (codeOf(error) === 'DEADLINE_PASSED' ? late() : error))),
      );
    },
    `an answer within ${ms} ms`,
  );
}
