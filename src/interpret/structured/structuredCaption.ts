import { type Read, lenientJson } from './lenientJson.ts';

/** A caption in parts, as vendors are asked for it. */
export interface StructuredCaption {
  /** At most 20 words: what a text encoder of 77 tokens takes whole. */
  readonly short: string;
  /** At most 60 words. */
  readonly dense: string;
  readonly motion: {
    readonly kind: (typeof KINDS)[number];
    readonly direction: (typeof DIRECTIONS)[number];
    readonly speed: (typeof SPEEDS)[number];
    /** Whether the camera itself moved. */
    readonly ego: boolean;
  };
  readonly objects: readonly { readonly name: string; readonly count: number; readonly region: string }[];
  /** The kind of place or situation; empty where it cannot be told. */
  readonly scene: string;
  /** 0..1. */
  readonly confidence: number;
  /** What the model was not sure of. */
  readonly uncertain: readonly string[];
}

const KINDS = ['moving', 'rotating', 'approaching', 'receding', 'flickering', 'still', 'unknown'] as const;
const DIRECTIONS = ['left', 'right', 'up', 'down', 'up left', 'up right', 'down left', 'down right', 'mixed', 'none', 'unknown'] as const;
const SPEEDS = ['slow', 'medium', 'fast', 'none', 'unknown'] as const;

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

export interface ReadCaption {
  /** Absent where the answer holds no caption in parts. */
  readonly structured?: StructuredCaption;
  /** The words to go on with: `dense`, else `short`, else the answer as it is. */
  readonly text: string;
  /**
   * `lenient_json`: it was no strict JSON. `incomplete`: fields were missing. `truncated`: the object was cut off.
   * `not_json`: plain text. `refused`, `empty`: the model said so.
   */
  readonly flags: readonly string[];
}

/** Reads an answer that was asked for in parts. Never throws, and never loses the words of an answer. */
export function readStructured(answer: string): ReadCaption {
  const read = lenientJson(answer);
  const fields = read && fieldsOf(read.value);
  if (!read || !fields) return { text: hasWords(answer) ? answer : '', flags: hasWords(answer) ? ['not_json'] : ['not_json', 'empty'] };
  const [refused, truncated, empty] = ['refused', 'truncated', 'empty'].map((name) => asFlag(fields.get(name)));
  const dense = asText(fields.get('dense')) || asText(fields.get('short'));
  const short = asText(fields.get('short')) || dense;
  if (dense === '' && !refused && !empty) return { text: '', flags: ['not_json', 'empty'] };
  const flags = [
    !isStrict(answer) && 'lenient_json',
    REQUIRED.some((name) => !fields.has(name)) && 'incomplete',
    (truncated || read.cut) && 'truncated',
    refused && 'refused',
    empty && 'empty',
  ].filter((name) => typeof name === 'string');
  return { structured: captionOf(fields, short, dense), text: dense, flags };
}

const REQUIRED = Object.keys(structuredSchema['properties'] as object);

const hasWords = (answer: string): boolean => /\p{L}{2}/u.test(answer.replaceAll(/[{}[\]"':,]/g, ' '));

function isStrict(answer: string): boolean {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && 'dense' in value;
  } catch {
    return false;
  }
}

type Fields = ReadonlyMap<string, unknown>;

/** Other names that models give these fields. */
const ALIASES: Readonly<Record<string, string>> = {
  caption: 'dense',
  description: 'dense',
  text: 'dense',
  long: 'dense',
  detailed: 'dense',
  summary: 'short',
  title: 'short',
  brief: 'short',
};
const KNOWN = new Set([...REQUIRED, ...Object.keys(ALIASES)]);

/** The fields of the first object that has any we know, also inside an array or one level deeper. */
function fieldsOf(value: Read['value'], depth = 0): Fields | undefined {
  if (depth > 3 || typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) {
    const fields = new Map<string, unknown>();
    for (const [key, field] of Object.entries(value)) {
      const plain = key.toLowerCase().replaceAll(/[^a-z]/g, '');
      if (!KNOWN.has(plain)) continue;
      const name = ALIASES[plain] ?? plain;
      // "caption": {...} is a wrapper and no caption.
      if (name === 'dense' && typeof field === 'object' && !Array.isArray(field)) continue;
      if (!fields.has(name)) fields.set(name, field);
    }
    if (fields.has('dense') || fields.has('short') || fields.has('refused') || fields.has('empty')) return fields;
  }
  for (const inner of Object.values(value)) {
    const found = fieldsOf(inner, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function captionOf(fields: Fields, short: string, dense: string): StructuredCaption {
  const motion = fields.get('motion');
  const parts =
    typeof motion === 'object' && motion !== null && !Array.isArray(motion)
      ? new Map(Object.entries(motion).map(([key, field]) => [key.toLowerCase(), field]))
      : new Map<string, unknown>();
  const said = asText(motion);
  return {
    short,
    dense,
    motion: {
      kind: oneOf(KINDS, asText(parts.get('kind')) || said),
      direction: oneOf(DIRECTIONS, asText(parts.get('direction')) || said),
      speed: oneOf(SPEEDS, asText(parts.get('speed')) || said),
      ego: asFlag(parts.get('ego')),
    },
    objects: asList(fields.get('objects'))
      .map(asObject)
      .filter(({ name }) => name !== ''),
    scene: asText(fields.get('scene')),
    confidence: asShare(fields.get('confidence')),
    uncertain: asList(fields.get('uncertain'))
      .map(asText)
      .filter((entry) => entry !== ''),
  };
}

/** The longest of the known words that is in what was said. */
const oneOf = <Word extends string>(words: readonly Word[], said: string): Word | 'unknown' => {
  const plain = ` ${said
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .replaceAll(/\b(?:and|to|the)\b ?|wards?\b/g, '')} `;
  return words.filter((word) => plain.includes(` ${word} `)).toSorted((a, b) => b.length - a.length)[0] ?? 'unknown';
};

const asText = (value: unknown): string => {
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ').trim();
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.map(asText).filter(Boolean).join(', ') : '';
};

const asFlag = (value: unknown): boolean => value === true || value === 1 || /^(?:true|yes|1)$/i.test(asText(value));

const asList = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === 'string') return value.split(/[,;]\s*/);
  return typeof value === 'object' && value !== null ? [value] : [];
};

function asObject(value: unknown): StructuredCaption['objects'][number] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { name: asText(value), count: 1, region: '' };
  const { name, object: thing, label, count, region, position } = value as Record<string, unknown>;
  return { name: asText(name ?? thing ?? label), count: asCount(count), region: asText(region ?? position) };
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function asCount(value: unknown): number {
  const said = asText(value).toLowerCase();
  const count = Number(said === '' ? 1 : said);
  if (Number.isFinite(count)) return Math.max(0, Math.round(count));
  return Math.max(1, NUMBERS.indexOf(said));
}

const CONFIDENCE: Readonly<Record<string, number>> = { high: 0.9, medium: 0.6, moderate: 0.6, low: 0.3, none: 0 };

/** 0.8, "0.8", "80%", 80 and "high" are all the same thing to a model. */
function asShare(value: unknown): number {
  const said = asText(value).toLowerCase();
  const named = CONFIDENCE[said];
  if (named !== undefined) return named;
  const number = Number.parseFloat(said);
  if (!Number.isFinite(number)) return 1;
  return Math.min(1, Math.max(0, said.endsWith('%') || number > 1 ? number / 100 : number));
}
