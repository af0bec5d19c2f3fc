import { type Choose, hashedChoice } from '../../random.ts';
import type { ImageAnalysis } from '../image/analyseImage.ts';
import { type SceneFacts, sceneFacts } from '../image/sceneFacts.ts';
import { type JsonObject, isJsonObject } from '../support/jsonObject.ts';
import { describe } from './describe.ts';
import { words } from './styles/support/words.ts';

/** The caption of an image as JSON text of a schema; the names of its fields tell what they should hold. */
export function describeInSchema(schema: JsonObject, analysis: ImageAnalysis, sha256: string, model: string): string {
  const facts = sceneFacts(analysis);
  const dense = describe(analysis, sha256, model)
    .replaceAll(/[#*]+ ?/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return JSON.stringify(fill(schema, '', { facts, dense, short: shortOf(facts), pick: hashedChoice(sha256, model, 'json') }));
}

interface Known {
  readonly facts: SceneFacts;
  readonly dense: string;
  readonly short: string;
  readonly pick: Choose;
}

function shortOf(facts: SceneFacts): string {
  if (facts.blank) return 'Nothing moves.';
  if (facts.count === 0) return 'Scattered noise without a clear object.';
  const heading = facts.heading === 'unknown' ? '' : ` moving ${words.heading[facts.heading]}`;
  const more = facts.count > 1 ? `, ${words.number(facts.count - 1)} more beside it` : '';
  return words.capital(`a ${facts.size} ${facts.shape} shape${heading} in the ${words.place(facts)}${more}.`);
}

/** A value that the schema allows. */
function fill(schema: unknown, name: string, known: Known): unknown {
  if (!isJsonObject(schema)) return null;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return chooseEnum(schema['enum'], name, known);
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(union)) return fill(union.find((one) => isJsonObject(one) && one['type'] !== 'null') ?? union[0], name, known);
  const type = Array.isArray(schema['type']) ? schema['type'].find((one) => one !== 'null') : schema['type'];
  const kind = String(type).toLowerCase();
  if (kind === 'object') {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    return Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, fill(inner, key, known)]));
  }
  if (kind === 'array') return fillArray(schema, name, known);
  if (kind === 'boolean') return name === 'empty' || name === 'blank' ? known.facts.blank : false;
  if (kind === 'integer') return /count|number/.test(name) ? Math.max(1, known.facts.count) : clamp(0, schema);
  if (kind === 'number') return clamp(known.facts.blank ? 0.9 : known.facts.heading === 'unknown' ? 0.5 : 0.7, schema);
  return textFor(name, known);
}

function fillArray(schema: JsonObject, name: string, known: Known): readonly unknown[] {
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
  const wanted = /object|item|mover/.test(name)
    ? Math.min(known.facts.count, 3)
    : /uncertain/.test(name) && known.facts.heading === 'unknown'
      ? 1
      : 0;
  return Array.from({ length: Math.max(least, wanted) }, () =>
    fill(schema['items'] ?? {}, /uncertain/.test(name) ? 'uncertain' : 'object', known),
  );
}

function chooseEnum(values: readonly unknown[], name: string, { facts, pick }: Known): unknown {
  const moving = facts.blank ? 'none' : facts.heading;
  const wanted = [
    facts.heading,
    moving,
    ...(facts.blank ? ['none', 'static', 'empty'] : facts.count === 0 ? ['noise'] : ['translation', 'moving', 'object', 'linear']),
    ...(/speed/.test(name) ? [{ sparse: 'slow', moderate: 'medium', dense: 'fast' }[facts.density]] : []),
    ...(/region|position|place/.test(name) ? [words.place(facts), words.place(facts, 'center'), facts.side] : []),
    'unknown',
  ];
  return wanted.find((word) => values.includes(word)) ?? pick(values);
}

function textFor(name: string, { facts, dense, short }: Known): string {
  if (/direction|heading/.test(name)) return facts.blank ? 'none' : facts.heading;
  if (/region|position|place|where/.test(name)) return words.place(facts);
  if (/speed/.test(name)) return { sparse: 'slow', moderate: 'medium', dense: 'fast' }[facts.density];
  if (/kind/.test(name)) return facts.blank ? 'none' : facts.count === 0 ? 'noise' : 'translation';
  if (/^name$|^object$|label/.test(name)) return `${facts.shape} shape`;
  if (/scene/.test(name))
    return facts.blank
      ? 'empty'
      : `${facts.density} scene with ${words.number(facts.count)} moving ${facts.count === 1 ? 'region' : 'regions'}`;
  if (/uncertain/.test(name)) return 'direction of motion';
  return /short|title|summary/.test(name) ? short : dense;
}

const clamp = (value: number, { minimum, maximum }: JsonObject): number =>
  Math.min(typeof maximum === 'number' ? maximum : Infinity, Math.max(typeof minimum === 'number' ? minimum : -Infinity, value));
