import { type ZodType, type ZodIssue, prettifyError } from 'zod';
import { PipelineError } from './errors.ts';

/**
 * Reads the options of a part. Throws CONFIG_INVALID with the part, the field, what is wrong and the
 * value that was found, so that the message alone is enough to mend it.
 */
export function readOptions<Out>(part: string, schema: ZodType<Out>, input: unknown): Out {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => describeIssue(part, issue, input));
  throw new PipelineError('CONFIG_INVALID', lines.join('\n') || prettifyError(result.error));
}

function describeIssue(part: string, issue: ZodIssue, input: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    return `${[part, ...issue.path].join('.')}: unknown key ${issue.keys.map((key) => `'${key}'`).join(', ')}; remove it or correct its spelling`;
  }
  const found = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
  return `${[part, ...issue.path].join('.')}: ${issue.message} (found ${show(found)})`;
}

/** A value as a reader of an error message wants it: short, one line, and never a secret's neighbour in full. */
function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  // The user and password of an address are not shown.
  const text = (typeof value === 'bigint' ? `${value}` : (JSON.stringify(value) ?? String(value))).replaceAll(/\/\/[^/@\s"]*@/g, '//***@');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
