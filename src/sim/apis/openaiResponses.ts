/*
 * OpenAI responses, and Azure's form of it.
 *   POST /v1/responses        Authorization: Bearer KEY, or api-key: KEY
 *   { model, instructions, input: string | [{ role, content: string | [{ type: "input_text", text } |
 *     { type: "input_image", image_url: "data:...", detail }] }], max_output_tokens, text: { format: { type: "json_schema", schema } } }
 *   -> { id, object: "response", status, incomplete_details, model, output: [{ type: "message", role, content:
 *     [{ type: "output_text", text } | { type: "refusal", refusal }] }], usage: { input_tokens, output_tokens, ... } }
 */
import { InvalidRequest } from '../api/invalidRequest.ts';
import type { RequestImage, VendorApi } from '../api/vendorApi.ts';
import { isJsonObject } from '../support/jsonObject.ts';
import { imageOfDataUrl } from './support/imageOfDataUrl.ts';
import { openaiCommon } from './support/openaiCommon.ts';
import { tokenLimit } from './support/tokenLimit.ts';

const path = /^(?:\/openai)?(?:\/v1)?\/responses$/;

export const openaiResponses: VendorApi = {
  ...openaiCommon,
  match: (asked) => (path.test(asked) ? { model: '' } : undefined),
  read(body) {
    if (!isJsonObject(body)) throw new InvalidRequest('We could not parse the JSON body of your request.');
    if (typeof body['model'] !== 'string') throw new InvalidRequest("Missing required parameter: 'model'.");
    const texts = typeof body['instructions'] === 'string' ? [body['instructions']] : [];
    const images: RequestImage[] = [];
    readInput(body['input'], texts, images);
    const format = isJsonObject(body['text']) && isJsonObject(body['text']['format']) ? body['text']['format'] : undefined;
    return {
      model: body['model'],
      text: texts.join('\n'),
      images,
      maxTokens: tokenLimit(body['max_output_tokens'], 'max_output_tokens'),
      schema: isJsonObject(format?.['schema']) ? format['schema'] : undefined,
    };
  },
  answer: (request, completion, id) => ({
    id: `resp_${id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1_000),
    status: completion.finish === 'length' || completion.finish === 'blocked' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details:
      completion.finish === 'length'
        ? { reason: 'max_output_tokens' }
        : completion.finish === 'blocked'
          ? { reason: 'content_filter' }
          : null,
    model: request.model,
    output: [
      {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        status: completion.finish === 'length' ? 'incomplete' : 'completed',
        content:
          completion.finish === 'refusal'
            ? [{ type: 'refusal', refusal: completion.text }]
            : completion.text === ''
              ? []
              : [{ type: 'output_text', text: completion.text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: completion.inputTokens,
      input_tokens_details: { cached_tokens: 0, image_tokens: completion.imageTokens },
      output_tokens: completion.outputTokens + completion.thoughtTokens,
      output_tokens_details: { reasoning_tokens: completion.thoughtTokens },
      total_tokens: completion.inputTokens + completion.outputTokens + completion.thoughtTokens,
    },
  }),
  captionField: 'output',
};

function readInput(input: unknown, texts: string[], images: RequestImage[]): void {
  if (typeof input === 'string') return void texts.push(input);
  if (!Array.isArray(input)) throw new InvalidRequest("Missing required parameter: 'input'.");
  for (const [i, item] of input.entries()) {
    const content = isJsonObject(item) ? item['content'] : undefined;
    if (typeof content === 'string') texts.push(content);
    else if (!Array.isArray(content)) throw new InvalidRequest(`Invalid type for 'input[${i}].content'.`);
    else for (const part of content) readPart(part, i, texts, images);
  }
}

function readPart(part: unknown, i: number, texts: string[], images: RequestImage[]): void {
  if (isJsonObject(part) && part['type'] === 'input_text' && typeof part['text'] === 'string') texts.push(part['text']);
  else if (isJsonObject(part) && part['type'] === 'input_image') images.push(imageOfDataUrl(part['image_url'], part['detail']));
  else throw new InvalidRequest(`Invalid value in 'input[${i}].content'. Supported values are: 'input_text', 'input_image'.`);
}
