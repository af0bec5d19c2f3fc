import { DIRECTIONS, KINDS, SPEEDS } from './structuredCaption.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const object = (properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** What vendors with structured output are given. Every field is required and nothing is bounded: what all of them take. */
export const structuredSchema = object({
  short: text,
  dense: text,
  motion: object({
    kind: { type: 'string', enum: KINDS },
    direction: { type: 'string', enum: DIRECTIONS },
    speed: { type: 'string', enum: SPEEDS },
    ego: flag,
  }),
  objects: { type: 'array', items: object({ name: text, count: { type: 'integer' }, region: text }) },
  scene: text,
  confidence: { type: 'number' },
  uncertain: { type: 'array', items: text },
  refused: flag,
  truncated: flag,
  empty: flag,
});

export const REQUIRED_FIELDS: readonly string[] = Object.keys(structuredSchema['properties'] as object);
