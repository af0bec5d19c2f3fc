import { expect, it } from 'vitest';
import { definePipeline } from '../../src/definePipeline.ts';
import { PipelineError } from '../../src/errors.ts';
import { memoryLedger } from '../../src/interpret/ledgers/memoryLedger.ts';
import { runPipeline } from '../../src/runPipeline.ts';
import { smallPipeline, tenEvents } from '../parts.ts';

const payloads = Array.from({ length: 20 }, (_, index) => tenEvents(index));
const never = new AbortController().signal;

it('a spent budget ends the run without dead letters, and a later run goes on without paying twice', async () => {
  const ledger = memoryLedger();
  let calls = 0;
  let left = 7;
  const paying = (): string => {
    if (left === 0) throw new PipelineError('BUDGET_SPENT', 'the budget is spent');
    left--;
    calls++;
    return 'A dot.';
  };
  const first = smallPipeline(payloads, paying);
  await expect(runPipeline(definePipeline({ ...first.options, ledger }), never)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
  expect(first.deadLetters.values).toEqual([]);
  expect(first.source.acked.size).toBeLessThan(20);
  expect(first.sink.values.filter(({ status }) => status === 'captioned')).toHaveLength(7);

  left = Infinity;
  const second = smallPipeline(payloads, paying);
  await runPipeline(definePipeline({ ...second.options, ledger }), never);
  expect(second.sink.values.filter(({ status }) => status === 'captioned')).toHaveLength(20);
  expect(calls).toBe(20);
});
