import { DIRECTIONS, KINDS, SPEEDS, type StructuredCaption } from './structuredCaption.ts';
import type { Fields } from './structuredFields.ts';
import { toCount } from './toCount.ts';
import { toShare } from './toShare.ts';
import { toFlag, toList, toText } from './toText.ts';

/** Makes a caption of the fields, whatever types the model gave them. */
export const toCaption = (fields: Fields, short: string, dense: string): StructuredCaption => ({
  short,
  dense,
  motion: toMotion(fields.get('motion')),
  objects: toList(fields.get('objects'))
    .map(toObject)
    .filter(({ name }) => name !== ''),
  scene: toText(fields.get('scene')),
  confidence: toShare(fields.get('confidence')),
  uncertain: toList(fields.get('uncertain'))
    .map(toText)
    .filter((entry) => entry !== ''),
});

/** An object with parts, or a sentence that has them all. */
function toMotion(motion: unknown): StructuredCaption['motion'] {
  const isObject = typeof motion === 'object' && motion !== null && !Array.isArray(motion);
  const parts = new Map<string, unknown>(isObject ? Object.entries(motion).map(([key, field]) => [key.toLowerCase(), field]) : []);
  const sentence = toText(motion);
  return {
    kind: wordIn(KINDS, toText(parts.get('kind')) || sentence),
    direction: wordIn(DIRECTIONS, toText(parts.get('direction')) || sentence),
    speed: wordIn(SPEEDS, toText(parts.get('speed')) || sentence),
    ego: toFlag(parts.get('ego')),
  };
}

/** The longest of the known words that the text holds. */
const wordIn = <Word extends string>(words: readonly Word[], text: string): Word | 'unknown' => {
  const plain = ` ${text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .replaceAll(/\b(?:and|to|the)\b ?|wards?\b/g, '')} `;
  return words.filter((word) => plain.includes(` ${word} `)).toSorted((a, b) => b.length - a.length)[0] ?? 'unknown';
};

function toObject(value: unknown): StructuredCaption['objects'][number] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { name: toText(value), count: 1, region: '' };
  const { name, object, label, count, region, position } = value as Record<string, unknown>;
  return { name: toText(name ?? object ?? label), count: toCount(count), region: toText(region ?? position) };
}
