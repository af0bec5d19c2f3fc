import { describe, expect, it } from 'vitest';
import { chatCompletions } from '../../../../src/interpret/upstream/codecs/chatCompletions.ts';
import { generateContent } from '../../../../src/interpret/upstream/codecs/generateContent.ts';
import { responses } from '../../../../src/interpret/upstream/codecs/responses.ts';
import { readReply } from '../../../../src/interpret/upstream/http/readReply.ts';
import type { Reading } from '../../../../src/interpret/upstream/transport.ts';
import { redactor } from '../../../../src/redactor.ts';

const KEY = '3f9a1c77e0b24d58a6c1d9e2f4b80357';
const usage = { prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } };
const replies = {
  chatCompletions: [
    chatCompletions({ model: 'm', thinking: 'default' }),
    { model: 'm', choices: [{ finish_reason: 'stop', message: { content: 'A car.', refusal: null } }], usage },
  ],
  responses: [
    responses({ model: 'm', thinking: 'default' }),
    {
      model: 'm',
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'A car.' }] }],
      usage: { input_tokens: 9, output_tokens: 5, input_tokens_details: { cached_tokens: 1 } },
    },
  ],
  generateContent: [
    generateContent({ model: 'm', mediaResolution: 'default', thinking: 'default' }),
    {
      modelVersion: 'm',
      candidates: [{ finishReason: 'STOP', content: { parts: [{ text: 'A car.' }] } }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5 },
    },
  ],
} as const;

const WRONG = [null, undefined, 42, -1, 1e308, true, '', 'x', KEY, [], {}, [null], [{}], [[]], [{ text: 7 }], { text: null }] as const;

/** The reply with each of its fields in turn, and what lies in it, replaced by each of the wrong values. */
function* variants(value: unknown): Generator {
  if (typeof value !== 'object' || value === null) return;
  const withField = (key: string, field: unknown): unknown =>
    Array.isArray(value) ? value.with(Number(key), field) : { ...value, [key]: field };
  for (const [key, field] of Object.entries(value)) {
    for (const wrong of WRONG) yield withField(key, wrong);
    for (const inner of variants(field)) yield withField(key, inner);
  }
}

const isSound = ({ text, model, usage: counts, failure }: Reading): boolean =>
  typeof text === 'string' &&
  (model === undefined || typeof model === 'string') &&
  Object.values(counts ?? {}).every((count) => Number.isFinite(count) && count >= 0) &&
  (failure === undefined || typeof failure.reason === 'string');

describe('readReply', () => {
  it.each(Object.entries(replies))('makes of any reply to %s what its types say (issue 11)', (_name, [codec, reply]) => {
    const read = (body: unknown, status = 200) => readReply(codec, { status, headers: {}, body: JSON.stringify(body) }, redactor([KEY]));
    expect(read(reply).reading).toMatchObject({ text: 'A car.', model: 'm', usage: { output: 5 } });
    const all = [...variants(reply)];
    expect(all.length).toBeGreaterThan(100);
    for (const body of all) {
      for (const status of [400, 429, 503]) expect(read(body, status).failure).toBeDefined();
      const { reading } = read(body);
      expect(isSound(reading!), JSON.stringify(body)).toBe(true);
      expect(JSON.stringify(reading)).not.toContain(KEY);
    }
  });
});
