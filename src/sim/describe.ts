import { type Facts, factsOf } from './facts.ts';
import type { Sight } from './look.ts';
import { claude } from './manners/claude.ts';
import { gemini } from './manners/gemini.ts';
import { gpt } from './manners/gpt.ts';
import { plain } from './manners/plain.ts';
import { capital, headingWords, numberWord, placeOf } from './manners/words.ts';
import { familyOf } from './modelFamily.ts';
import { type Choose, hashedChoice } from '../random.ts';
import { type Json, isObject } from './wire.ts';

const manners = { gpt, claude, gemini, plain } as const;

/** The caption of a sight in the model's manner: always the same for the same picture and model. */
export function describe(sight: Sight, sha256: string, model: string): string {
  return manners[familyOf(model).manner](factsOf(sight), hashedChoice(sha256, model));
}

/** The same as JSON text of the schema asked for. */
export function describeAs(schema: Json, sight: Sight, sha256: string, model: string): string {
  const facts = factsOf(sight);
  const dense = describe(sight, sha256, model)
    .replaceAll(/[#*]+ ?/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return JSON.stringify(fill(schema, '', { facts, dense, short: shortOf(facts), pick: hashedChoice(sha256, model, 'json') }));
}

interface Known {
  readonly facts: Facts;
  readonly dense: string;
  readonly short: string;
  readonly pick: Choose;
}

function shortOf(facts: Facts): string {
  if (facts.blank) return 'Nothing moves.';
  if (facts.count === 0) return 'Scattered noise without a clear object.';
  const heading = facts.heading === 'unknown' ? '' : ` moving ${headingWords[facts.heading]}`;
  const more = facts.count > 1 ? `, ${numberWord(facts.count - 1)} more beside it` : '';
  return capital(`a ${facts.size} ${facts.shape} shape${heading} in the ${placeOf(facts)}${more}.`);
}

/** A value that the schema allows; the field's name tells what it should mean. */
function fill(schema: unknown, name: string, known: Known): unknown {
  if (!isObject(schema)) return null;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return chooseEnum(schema['enum'], name, known);
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(union)) return fill(union.find((one) => isObject(one) && one['type'] !== 'null') ?? union[0], name, known);
  const type = Array.isArray(schema['type']) ? schema['type'].find((one) => one !== 'null') : schema['type'];
  const kind = String(type).toLowerCase();
  if (kind === 'object') {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    return Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, fill(inner, key, known)]));
  }
  if (kind === 'array') return fillArray(schema, name, known);
  if (kind === 'boolean') return name === 'empty' || name === 'blank' ? known.facts.blank : false;
  if (kind === 'integer') return /count|number/.test(name) ? Math.max(1, known.facts.count) : clamp(0, schema);
  if (kind === 'number') return clamp(known.facts.blank ? 0.9 : known.facts.heading === 'unknown' ? 0.5 : 0.7, schema);
  return textFor(name, known);
}

function fillArray(schema: Json, name: string, known: Known): readonly unknown[] {
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
    ...(/region|position|place/.test(name) ? [placeOf(facts), placeOf(facts, 'center'), facts.side] : []),
    'unknown',
  ];
  return wanted.find((word) => values.includes(word)) ?? pick(values);
}

function textFor(name: string, { facts, dense, short }: Known): string {
  if (/direction|heading/.test(name)) return facts.blank ? 'none' : facts.heading;
  if (/region|position|place|where/.test(name)) return placeOf(facts);
  if (/speed/.test(name)) return { sparse: 'slow', moderate: 'medium', dense: 'fast' }[facts.density];
  if (/kind/.test(name)) return facts.blank ? 'none' : facts.count === 0 ? 'noise' : 'translation';
  if (/^name$|^object$|label/.test(name)) return `${facts.shape} shape`;
  if (/scene/.test(name))
    return facts.blank
      ? 'empty'
      : `${facts.density} scene with ${numberWord(facts.count)} moving ${facts.count === 1 ? 'region' : 'regions'}`;
  if (/uncertain/.test(name)) return 'direction of motion';
  return /short|title|summary/.test(name) ? short : dense;
}

const clamp = (value: number, { minimum, maximum }: Json): number =>
  Math.min(typeof maximum === 'number' ? maximum : Infinity, Math.max(typeof minimum === 'number' ? minimum : -Infinity, value));
