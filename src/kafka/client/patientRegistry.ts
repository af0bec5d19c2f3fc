import { PipelineError } from '../../errors.ts';
import { report } from '../../stage/report.ts';
import { retryUntil } from './retryUntil.ts';
import type { SchemaRegistry } from './schemaRegistry.ts';

/** How long a registry may be away. */
const GIVE_UP_MS = 300_000;
/** How often it is said that it is waited for. */
const SAY_EVERY_MS = 2000;
/** How long an id that the registry does not know is not asked for again. */
const UNKNOWN_MS = 30_000;
/** Ids that are remembered as unknown: they are what a message says. */
const MOST_UNKNOWN = 1000;
/** Ids that are asked for at once. */
const LANES = 8;

/**
 * Schemas by id, from a registry that may be away when a new id comes: it is asked again until it answers, and that is said.
 * Rejects with INPUT_UNREADABLE for an id that it does not know, and with SOURCE_FAILED where it was away for five minutes.
 *
 * @param signal ends the waiting
 */
export function patientRegistry(registry: SchemaRegistry, url: string, signal?: AbortSignal): Pick<SchemaRegistry, 'byId'> {
  const asked = new Map<number, Promise<string>>();
  const unknown = new Map<number, { readonly error: PipelineError; readonly untilMs: number }>();
  const lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());

  const ask = async (id: number): Promise<string> => {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    const saying = setInterval(
      () => report('wait', () => ({ on: `schema registry ${url}`, message: `packets with schema ${id} wait for it` })),
      SAY_EVERY_MS,
    );
    try {
      return await retryUntil(
        () => registry.byId(id),
        () => signal?.aborted === true || performance.now() > giveUpAt,
        { firstPauseMs: 200 },
      );
    } catch (cause) {
      if (cause instanceof PipelineError && cause.code === 'INPUT_UNREADABLE') {
        if (unknown.size >= MOST_UNKNOWN) unknown.clear();
        unknown.set(id, { error: cause, untilMs: performance.now() + UNKNOWN_MS });
      }
      throw cause;
    } finally {
      clearInterval(saying);
    }
  };

  return {
    byId(id) {
      const refused = unknown.get(id);
      if (refused && performance.now() < refused.untilMs) return Promise.reject(refused.error);
      const known = asked.get(id);
      if (known) return known;
      const lane = Math.abs(id) % LANES;
      const answer = lanes[lane]!.then(() => ask(id));
      lanes[lane] = answer.catch(() => {});
      asked.set(id, answer);
      const forget = (): void => void asked.delete(id);
      answer.then(forget, forget);
      return answer;
    },
  };
}
