import { describe, expect, it } from 'vitest';
import { imagePlaceholder, parseRequestJson } from '../../../src/sim/api/parseRequestJson.ts';

const image = Buffer.alloc(3000, 7).toString('base64');

describe('parseRequestJson', () => {
  it.each([
    ['a data URL', { url: `data:image/png;base64,${image}` }, { url: `data:image/png;base64,${imagePlaceholder}` }],
    ['a field named data', { source: { data: image } }, { source: { data: imagePlaceholder } }],
  ])('cuts the image out of %s', (_what, body, json) => {
    expect(parseRequestJson(Buffer.from(JSON.stringify(body)))).toEqual({ json, base64: image });
  });

  it('leaves a small image where it is', () => {
    expect(parseRequestJson(Buffer.from('{"data":"AAAA"}'))).toEqual({ json: { data: 'AAAA' }, base64: undefined });
  });

  it('throws SyntaxError for what is no JSON', () => {
    expect(() => parseRequestJson(Buffer.from('{'))).toThrow(SyntaxError);
  });
});
