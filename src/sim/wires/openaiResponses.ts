/*
 * OpenAI responses, and Azure's form of it.
 *   POST /v1/responses        Authorization: Bearer KEY, or api-key: KEY
 *   { model, instructions, input: string | [{ role, content: string | [{ type: "input_text", text } |
 *     { type: "input_image", image_url: "data:...", detail }] }], max_output_tokens, text: { format: { type: "json_schema", schema } } }
 *   -> { id, object: "response", status, incomplete_details, model, output: [{ type: "message", role, content:
 *     [{ type: "output_text", text } | { type: "refusal", refusal }] }], usage: { input_tokens, output_tokens, ... } }
 */
import { type Picture, type Wire, InvalidRequest, isObject, readLimit } from '../wire.ts';
import { openaiChat, readDataUrl } from './openaiChat.ts';

const path = /^(?:\/openai)?(?:\/v1)?\/responses$/;

export const openaiResponses: Wire = {
  ...openaiChat,
  match: (asked) => (path.test(asked) ? { model: '' } : undefined),
  read(body) {
    if (!isObject(body)) throw new InvalidRequest('We could not parse the JSON body of your request.');
    if (typeof body['model'] !== 'string') throw new InvalidRequest("Missing required parameter: 'model'.");
    const texts = typeof body['instructions'] === 'string' ? [body['instructions']] : [];
    const images: Picture[] = [];
    readInput(body['input'], texts, images);
    const format = isObject(body['text']) && isObject(body['text']['format']) ? body['text']['format'] : undefined;
    return {
      model: body['model'],
      text: texts.join('\n'),
      images,
      maxTokens: readLimit(body['max_output_tokens'], 'max_output_tokens'),
      schema: isObject(format?.['schema']) ? format['schema'] : undefined,
    };
  },
  answer: (posed, said, id) => ({
    id: `resp_${id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1_000),
    status: said.finish === 'length' || said.finish === 'blocked' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details:
      said.finish === 'length' ? { reason: 'max_output_tokens' } : said.finish === 'blocked' ? { reason: 'content_filter' } : null,
    model: posed.model,
    output: [
      {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        status: said.finish === 'length' ? 'incomplete' : 'completed',
        content:
          said.finish === 'refusal'
            ? [{ type: 'refusal', refusal: said.text }]
            : said.text === ''
              ? []
              : [{ type: 'output_text', text: said.text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: said.inputTokens,
      input_tokens_details: { cached_tokens: 0, image_tokens: said.imageTokens },
      output_tokens: said.outputTokens + said.thoughtTokens,
      output_tokens_details: { reasoning_tokens: said.thoughtTokens },
      total_tokens: said.inputTokens + said.outputTokens + said.thoughtTokens,
    },
  }),
  captionField: 'output',
};

function readInput(input: unknown, texts: string[], images: Picture[]): void {
  if (typeof input === 'string') return void texts.push(input);
  if (!Array.isArray(input)) throw new InvalidRequest("Missing required parameter: 'input'.");
  for (const [i, item] of input.entries()) {
    const content = isObject(item) ? item['content'] : undefined;
    if (typeof content === 'string') texts.push(content);
    else if (!Array.isArray(content)) throw new InvalidRequest(`Invalid type for 'input[${i}].content'.`);
    else for (const part of content) readPart(part, i, texts, images);
  }
}

function readPart(part: unknown, i: number, texts: string[], images: Picture[]): void {
  if (isObject(part) && part['type'] === 'input_text' && typeof part['text'] === 'string') texts.push(part['text']);
  else if (isObject(part) && part['type'] === 'input_image') images.push(readDataUrl(part['image_url'], part['detail']));
  else throw new InvalidRequest(`Invalid value in 'input[${i}].content'. Supported values are: 'input_text', 'input_image'.`);
}
