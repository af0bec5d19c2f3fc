import { expect, it } from 'vitest';
import { IMAGE, requestBody } from '../../../src/interpret/upstream/requestBody.ts';
import { request } from '../support/request.ts';

const codec = {
  body: ({ prompt }: ReturnType<typeof request>) => ({
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt.user }, { image: `data:image/png;base64,${IMAGE}` }] }],
    limit: 5,
  }),
};

it('writes the picture into the gap of the JSON, beside words of any script', () => {
  const one = request({ picture: 'é bytes', prompt: { ...request().prompt, user: 'Beschreibe „dies“ 画像' } });
  const body = JSON.parse(requestBody(codec, one).toString('utf8')) as ReturnType<typeof codec.body>;
  expect(body.messages[0]!.content[0]).toEqual({ type: 'text', text: 'Beschreibe „dies“ 画像' });
  expect(body.messages[0]!.content[1]).toEqual({ image: `data:image/png;base64,${Buffer.from('é bytes').toString('base64')}` });
  expect(body.limit).toBe(5);
});

it('leaves out the part that would hold the picture where there is none', () => {
  const image = { bytes: new Uint8Array(), mediaType: 'image/png', width: 0, height: 0, sha256: '' } as const;
  const body = JSON.parse(requestBody(codec, request({ image })).toString('utf8')) as ReturnType<typeof codec.body>;
  expect(body.messages[0]!.content).toHaveLength(1);
  expect(JSON.stringify(body)).not.toContain(IMAGE);
});
