import { describe, expect, it } from 'vitest';
import { type ErrorCode, PipelineError, errorCodes } from '../../../src/errors.ts';
import type { Attempt } from '../../../src/interpret/caption.ts';
import { errorClassOf, isFallbackable, retriesOf } from '../../../src/interpret/errors/errorClassOf.ts';
import { type ErrorClass, errorClasses } from '../../../src/interpret/errors/errorClasses.ts';
import { ProviderError } from '../../../src/interpret/errors/providerError.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];
const classes = Object.keys(errorClasses) as ErrorClass[];
const attempt = { target: 't', status: 400 } as Attempt;
const failed = (errorClass: ErrorClass): ProviderError => new ProviderError({ class: errorClass, reason: 'x' }, attempt);

describe('the tables of codes and of classes', () => {
  it.each(codes)('agree on whether another target may answer: %s', (code) => {
    for (const retryable of [true, false]) {
      const found = errorClassOf(new PipelineError(code, 'x', { retryable }));
      expect(found === undefined ? false : errorClasses[found].fallbackable).toBe(errorCodes[code].fallbackable);
    }
  });

  it.each(classes)('agree on the errors of vendors: %s', (errorClass) => {
    const error = failed(errorClass);
    expect(errorClassOf(error)).toBe(errorClass);
    expect(isFallbackable(error)).toBe(errorClasses[errorClass].fallbackable);
    expect(errorCodes[error.code].endsRun).toBe(false);
    if (error.retryable && errorClass !== 'timeout') expect(retriesOf(error)).toBeGreaterThan(0);
  });
});

describe('another target may answer', () => {
  it('where this one cannot pay, or has no key that works: the run ends only where none is left (issue 10)', () => {
    for (const code of ['KEYS_REJECTED', 'BUDGET_SPENT'] as const) {
      expect(isFallbackable(new PipelineError(code, 'x'))).toBe(true);
      expect(errorCodes[code].endsRun).toBe(true);
    }
  });

  it('never because of the configuration, the ledger, an expired claim, the deadline or a bug', () => {
    for (const code of ['CONFIG_INVALID', 'LEDGER_FAILED', 'CLAIM_EXPIRED', 'DEADLINE_PASSED'] as const)
      expect(isFallbackable(new PipelineError(code, 'x', { retryable: true }))).toBe(false);
    expect(isFallbackable(new TypeError('a bug'))).toBe(false);
    expect(retriesOf(new TypeError('a bug'))).toBe(0);
  });

  it('after a refusal only where the user wants it', () => {
    expect(isFallbackable(failed('blocked'))).toBe(false);
    expect(isFallbackable(failed('blocked'), new Set(['blocked']))).toBe(true);
    expect(isFallbackable(failed('refused'), new Set(['blocked']))).toBe(false);
  });
});
