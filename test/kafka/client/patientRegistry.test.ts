import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../../src/errors.ts';
import { patientRegistry } from '../../../src/kafka/client/patientRegistry.ts';
import type { SchemaRegistry } from '../../../src/kafka/client/schemaRegistry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const away = new PipelineError('SOURCE_FAILED', 'no answer', { retryable: true });
const unknown = new PipelineError('INPUT_UNREADABLE', 'no such schema');

/** A registry that fails with these errors, and then answers. */
function registryOf(...failures: Error[]): { byId: SchemaRegistry['byId']; asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    async byId(id) {
      asked.push(id);
      const failure = failures.shift();
      if (failure) throw failure;
      return `schema ${id}`;
    },
  };
}

const patient = (registry: Pick<SchemaRegistry, 'byId'>, signal?: AbortSignal): Pick<SchemaRegistry, 'byId'> =>
  patientRegistry(registry as SchemaRegistry, 'http://registry', signal);

describe('patientRegistry', () => {
  it('asks again while the registry is away, once for all who wait for the same id', async () => {
    const registry = registryOf(away, away, away);
    const { byId } = patient(registry);
    const answers = Promise.all([byId(5), byId(5), byId(5)]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answers).toEqual(['schema 5', 'schema 5', 'schema 5']);
    expect(registry.asked).toEqual([5, 5, 5, 5]);
  });

  it('remembers for half a minute that an id is not known', async () => {
    const registry = registryOf(unknown);
    const { byId } = patient(registry);
    await expect(byId(9)).rejects.toThrow('no such schema');
    await vi.advanceTimersByTimeAsync(29_000);
    await expect(byId(9)).rejects.toThrow('no such schema');
    expect(registry.asked).toEqual([9]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await byId(9)).toBe('schema 9');
  });

  it('does not wait for a registry that refuses us, nor after the run has ended, nor longer than five minutes', async () => {
    const refused = new PipelineError('CONFIG_INVALID', 'wrong password');
    await expect(patient(registryOf(refused)).byId(1)).rejects.toThrow('wrong password');
    const end = new AbortController();
    const ended = expect(patient(registryOf(...Array.from({ length: 50 }, () => away)), end.signal).byId(1)).rejects.toThrow('no answer');
    end.abort();
    await vi.advanceTimersByTimeAsync(5000);
    await ended;
    const long = expect(patient(registryOf(...Array.from({ length: 1000 }, () => away))).byId(1)).rejects.toThrow('no answer');
    await vi.advanceTimersByTimeAsync(310_000);
    await long;
    expect(vi.getTimerCount()).toBe(0);
  });
});
