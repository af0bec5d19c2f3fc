import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lenientJson } from '../../../src/interpret/structured/lenientJson.ts';
import { readStructured } from '../../../src/interpret/structured/readStructured.ts';
import { type BrokenJson, brokenJson } from '../../../src/sim/faults/brokenJson.ts';

const caption = {
  short: 'A car moving left.',
  dense: "A small car moving left past a dog's house, near two people.",
  motion: { kind: 'moving', direction: 'left', speed: 'slow', ego: false },
  objects: [{ name: 'car', count: 1, region: 'centre' }],
  scene: 'street',
  confidence: 0.8,
  uncertain: ['the kind of car'],
  refused: false,
  truncated: false,
  empty: false,
} as const;
const { refused: _refused, truncated: _truncated, empty: _empty, ...parts } = caption;
const right = JSON.stringify(caption);

test('a right answer is read with no flag', () => {
  expect(readStructured(right)).toEqual({ structured: parts, text: caption.dense, flags: [] });
});

/** What each way of spoiling JSON must be flagged as. All but three still give every part. */
const FLAGS: Readonly<Record<BrokenJson, string>> = {
  json_fenced: 'lenient_json',
  json_prose_before: 'lenient_json',
  json_prose_after: 'lenient_json',
  json_trailing_comma: 'lenient_json',
  json_single_quotes: 'lenient_json',
  json_unquoted_keys: 'lenient_json',
  json_curly_quotes: 'lenient_json',
  json_missing_brace: 'lenient_json truncated',
  json_extra_brace: 'lenient_json',
  json_comments: 'lenient_json',
  json_python: 'lenient_json',
  json_nan: 'lenient_json',
  json_raw_newline: 'lenient_json',
  json_unescaped_quote: 'lenient_json',
  json_in_array: 'lenient_json',
  json_nested: 'lenient_json',
  json_twice_encoded: 'lenient_json',
  json_twice_said: 'lenient_json',
  json_byte_order_mark: 'lenient_json',
  json_capital_keys: 'lenient_json',
  json_extra_fields: '',
  json_wrong_types: '',
  json_missing_field: 'incomplete',
  json_cut: 'lenient_json incomplete truncated',
  json_not_at_all: 'not_json',
  json_empty_object: 'not_json empty',
};

const letters = (said: string): string =>
  said
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim();

describe('broken JSON', () => {
  test.each(Object.keys(FLAGS) as BrokenJson[])('%s: the caption is kept and the flags say what it was', (way) => {
    const found = readStructured(brokenJson[way](right));
    expect(found.flags.join(' ')).toBe(FLAGS[way]);
    if (way === 'json_empty_object') return;
    if (way === 'json_not_at_all') {
      expect(found.text).toContain('moving left');
      return;
    }
    expect(letters(found.text)).toBe(letters(caption.dense));
    if (way === 'json_cut') return;
    expect(found.structured?.motion.direction).toBe('left');
    if (way !== 'json_nan') expect(found.structured?.confidence).toBe(0.8);
  });
});

describe('what models mean is understood', () => {
  test.each([
    [{ ...caption, confidence: '80%' }, { confidence: 0.8 }],
    [{ ...caption, confidence: 80 }, { confidence: 0.8 }],
    [{ ...caption, confidence: 'high' }, { confidence: 0.9 }],
    [
      { ...caption, objects: ['car', 'dog'] },
      {
        objects: [
          { name: 'car', count: 1, region: '' },
          { name: 'dog', count: 1, region: '' },
        ],
      },
    ],
    [{ ...caption, objects: [{ label: 'car', count: 'two', position: 'left' }] }, { objects: [{ name: 'car', count: 2, region: 'left' }] }],
    [{ ...caption, motion: 'moving slowly to the left' }, { motion: { kind: 'moving', direction: 'left', speed: 'unknown', ego: false } }],
    [
      { ...caption, motion: { ...caption.motion, direction: 'Down and to the right' } },
      { motion: { ...caption.motion, direction: 'down right' } },
    ],
    [{ caption: caption.dense }, { dense: caption.dense, short: caption.dense }],
    [
      { Description: caption.dense, Summary: 'A car.' },
      { dense: caption.dense, short: 'A car.' },
    ],
  ])('%#: %j', (said, meant) => {
    expect(readStructured(JSON.stringify(said)).structured).toMatchObject(meant);
  });

  test('a refusal and an empty frame are said by flags', () => {
    expect(readStructured('{"short":"","dense":"","refused":true}').flags).toEqual(['incomplete', 'refused']);
    expect(readStructured('{"dense":"","empty":"yes"}').flags).toContain('empty');
  });
});

test('no text is lost or throws, whatever it is', () => {
  assert(
    property(string({ unit: 'grapheme', maxLength: 200 }), (said) => {
      const found = readStructured(said);
      if (!found.structured && /\p{L}{2}/u.test(said.replaceAll(/[{}[\]"':,]/g, ' '))) expect(found.text).toBe(said);
    }),
    { numRuns: 3000, seed: 1 },
  );
  for (let cut = 0; cut <= right.length; cut += 1) expect(() => readStructured(right.slice(0, cut))).not.toThrow();
  expect(lenientJson('['.repeat(100_000))).toMatchObject({ isCut: true });
});
