import { expect, it } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { combineFailures } from '../../../src/interpret/errors/combineFailures.ts';

const keys = new PipelineError('KEYS_REJECTED', 'a has no key that works');
const money = new PipelineError('BUDGET_SPENT', 'b has spent its budget');
const down = new PipelineError('PROVIDER_FAILED', 'c is down', { retryable: true });

it('is the frame’s failure where one of its targets may answer the next frame', () => {
  const error = combineFailures([keys, down]);
  expect(error).toMatchObject({ code: 'PROVIDERS_EXHAUSTED', message: 'a has no key that works; c is down', retryable: true });
  expect((error.cause as AggregateError).errors).toEqual([keys, down]);
});

it('ends the run where every further frame would fail alike', () => {
  expect(combineFailures([keys, money])).toMatchObject({ code: 'KEYS_REJECTED', retryable: false });
  expect(combineFailures([money, money]).code).toBe('BUDGET_SPENT');
});
