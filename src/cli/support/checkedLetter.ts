import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { shown } from '../../stage/shown.ts';
import type { DeadLetter } from '../../stage/reject.ts';

const time = z.int().nullable();

/** What a replay needs of a letter. */
const schema = z.object({
  sensor: z.string(),
  code: z.string(),
  id: z.string(),
  start: time,
  end: time,
  position: z.object({
    source: z.string(),
    unit: z.enum(['offset', 'byte', 'packet']),
    partition: z.int().min(0),
    first: z.int().min(0),
    end: z.int().min(0),
  }),
});

/** A dead letter that was read. Throws INPUT_UNREADABLE where it is none, naming the field and the value found. */
export function checkedLetter(value: unknown): DeadLetter {
  const result = schema.safeParse(value);
  if (result.success) return value as DeadLetter;
  const { path, message } = result.error.issues[0]!;
  const found = path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);
  throw new PipelineError('INPUT_UNREADABLE', `no dead letter: ${path.join('.') || 'the whole'}: ${message} (found ${shown(found)})`);
}
