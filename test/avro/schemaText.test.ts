import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compactSchema, schemaText } from '../../src/avro/schemaText.ts';

it('writes the schema of the release into files while only descriptions changed: a file of that release is continued (issue 11)', () => {
  const released = readFileSync(new URL('../../schemas/released/0.1.0/caption.avsc', import.meta.url), 'utf8');
  expect(schemaText('caption')).not.toBe(released);
  expect(compactSchema('caption')).toBe(JSON.stringify(JSON.parse(released)));
});
