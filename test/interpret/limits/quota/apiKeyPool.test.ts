import { expect, it } from 'vitest';
import { ApiKeyPool } from '../../../../src/interpret/limits/quota/apiKeyPool.ts';
import { callSize } from '../../../../src/interpret/limits/quota/callSize.ts';
import { known } from '../../../../src/secret.ts';

const call = () => callSize(0, 0);

it('keeps the later of two cooldowns, and takes the key that is free meanwhile', () => {
  const pool = new ApiKeyPool([...known('A', 'a'), ...known('B', 'b')], {}, () => 0.5);
  const { key } = pool.take(call(), 0);
  pool.fail(key, { class: 'rate_limit', reason: '', waitMs: 5_000 }, 0);
  pool.fail(key, { class: 'rate_limit', reason: '', waitMs: 1_000 }, 10);
  expect(pool.readyAt(call(), 10)).toBeLessThanOrEqual(10);
  expect(pool.take(call(), 10).key.alias).not.toBe(key.alias);
  const other = pool.keys.find((one) => one !== key)!;
  pool.fail(other, { class: 'rate_limit', reason: '', waitMs: 60_000 }, 10);
  expect(pool.readyAt(call(), 20)).toBe(5_000);
});

it('tries a disabled key again only after ten minutes, with one call', () => {
  const pool = new ApiKeyPool(known('A', 'a'), {}, () => 0.5);
  pool.fail(pool.take(call(), 0).key, { class: 'credential', reason: '' }, 0);
  expect(pool.backAt(1_000)).toBe(Infinity);
  expect(pool.readyAt(call(), 1_000)).toBe(600_000);
  pool.take(call(), 600_000);
  expect(pool.readyAt(call(), 600_001)).toBe(1_200_000);
});

it('disables every key for a model that is gone, and takes none of them back before a probe', () => {
  const pool = new ApiKeyPool([...known('A', 'a'), ...known('B', 'b')], {}, () => 0.5);
  pool.fail(pool.take(call(), 0).key, { class: 'model_gone', reason: '' }, 0);
  expect(pool.backAt(1)).toBe(Infinity);
  const { key } = pool.take(call(), 600_000);
  expect(pool.readyAt(call(), 600_001)).toBe(600_000);
  key.succeed();
  expect(pool.backAt(600_001)).toBe(-Infinity);
});
