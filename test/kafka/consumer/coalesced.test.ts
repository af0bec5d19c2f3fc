import { expect, it } from 'vitest';
import { coalesced } from '../../../src/kafka/consumer/coalesced.ts';

it('lets all that call during a run share the next one', async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const call = coalesced(async () => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    await run.promise;
  });
  const first = call();
  const later = [call(), call(), call()];
  expect(runs).toHaveLength(1);
  runs[0]!.reject(new Error('only the first'));
  await expect(first).rejects.toThrow('only the first');
  await Promise.resolve();
  expect(runs).toHaveLength(2);
  runs[1]!.resolve();
  await Promise.all(later);
  expect(runs).toHaveLength(2);
  call().catch(() => {});
  expect(runs).toHaveLength(3);
});
