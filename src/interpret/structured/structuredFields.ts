import { REQUIRED_FIELDS } from './structuredSchema.ts';

/** The fields of a caption in parts, by the name that the schema gives them. */
export type Fields = ReadonlyMap<string, unknown>;

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
const KNOWN = new Set([...REQUIRED_FIELDS, ...Object.keys(ALIASES)]);

/** Any of these makes an object a caption. */
const DECISIVE = ['dense', 'short', 'refused', 'empty'];
const DEEPEST = 3;

/** The fields of the first object that is a caption, also inside an array or a few levels deeper; undefined where there is none. */
export function structuredFields(value: unknown, depth = 0): Fields | undefined {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) {
    const fields = knownFields(value);
    if (DECISIVE.some((name) => fields.has(name))) return fields;
  }
  for (const inner of Object.values(value)) {
    const found = structuredFields(inner, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function knownFields(value: object): Fields {
  const fields = new Map<string, unknown>();
  for (const [key, field] of Object.entries(value)) {
    const plain = key.toLowerCase().replaceAll(/[^a-z]/g, '');
    if (!KNOWN.has(plain)) continue;
    const name = ALIASES[plain] ?? plain;
    // "caption": {...} is a wrapper and no caption.
    if (name === 'dense' && typeof field === 'object' && !Array.isArray(field)) continue;
    if (!fields.has(name)) fields.set(name, field);
  }
  return fields;
}
