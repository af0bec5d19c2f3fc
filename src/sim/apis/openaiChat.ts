/*
 * OpenAI chat completions, and Azure's form of it.
 *   POST /v1/chat/completions                              Authorization: Bearer KEY
 *   POST /openai/deployments/{model}/chat/completions      api-key: KEY
 *   { model, messages: [{ role, content: string | [{ type: "text", text } | { type: "image_url", image_url: { url, detail } }] }],
 *     max_completion_tokens | max_tokens, response_format: { type: "json_schema", json_schema: { schema } } }
 *   -> { id, object, created, model, choices: [{ index, message: { role, content, refusal }, finish_reason }], usage }
 */
import { InvalidRequest } from '../api/invalidRequest.ts';
import type { CompletionRequest, RequestImage, VendorApi } from '../api/vendorApi.ts';
import { isJsonObject } from '../support/jsonObject.ts';
import { imageOfDataUrl } from './support/imageOfDataUrl.ts';
import { openaiCommon } from './support/openaiCommon.ts';
import { tokenLimit } from './support/tokenLimit.ts';

const azure = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/;
const plain = /^(?:\/openai)?(?:\/v1)?\/chat\/completions$/;

export const openaiChat: VendorApi = {
  ...openaiCommon,
  match: (path) => (plain.test(path) ? { model: '' } : named(azure.exec(path))),
  read(body, pathModel) {
    if (!isJsonObject(body)) throw new InvalidRequest('We could not parse the JSON body of your request.');
    if (!Array.isArray(body['messages'])) throw new InvalidRequest("Missing required parameter: 'messages'.");
    const model = typeof body['model'] === 'string' ? body['model'] : pathModel;
    if (model === '') throw new InvalidRequest('you must provide a model parameter');
    const { text, images } = readMessages(body['messages']);
    const format = isJsonObject(body['response_format']) ? body['response_format'] : undefined;
    const wrapped = isJsonObject(format?.['json_schema']) ? format['json_schema'] : undefined;
    return {
      model,
      text,
      images,
      maxTokens: tokenLimit(body['max_completion_tokens'] ?? body['max_tokens'], 'max_completion_tokens'),
      schema: isJsonObject(wrapped?.['schema']) ? wrapped['schema'] : undefined,
    };
  },
  answer: (request, completion, id) => ({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1_000),
    model: request.model,
    choices: [
      {
        index: 0,
        // A refusal comes with finish_reason "stop"; only the field tells it.
        message: {
          role: 'assistant',
          content: completion.finish === 'refusal' ? null : completion.text,
          refusal: completion.finish === 'refusal' ? completion.text : null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: completion.finish === 'length' ? 'length' : completion.finish === 'blocked' ? 'content_filter' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: completion.inputTokens,
      completion_tokens: completion.outputTokens + completion.thoughtTokens,
      total_tokens: completion.inputTokens + completion.outputTokens + completion.thoughtTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0, image_tokens: completion.imageTokens },
      completion_tokens_details: { reasoning_tokens: completion.thoughtTokens },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  }),
  captionField: 'choices',
};

const named = (found: RegExpExecArray | null): { model: string } | undefined =>
  found ? { model: decodeURIComponent(found[1]!) } : undefined;

function readMessages(messages: readonly unknown[]): Pick<CompletionRequest, 'text' | 'images'> {
  const texts: string[] = [];
  const images: RequestImage[] = [];
  for (const [i, message] of messages.entries()) {
    if (!isJsonObject(message) || typeof message['role'] !== 'string')
      throw new InvalidRequest(`Missing required parameter: 'messages[${i}].role'.`);
    const content = message['content'];
    if (typeof content === 'string') texts.push(content);
    else if (Array.isArray(content)) for (const part of content) readPart(part, i, texts, images);
    else throw new InvalidRequest(`Invalid type for 'messages[${i}].content': expected one of a string or array of objects.`);
  }
  return { text: texts.join('\n'), images };
}

function readPart(part: unknown, i: number, texts: string[], images: RequestImage[]): void {
  if (isJsonObject(part) && part['type'] === 'text' && typeof part['text'] === 'string') texts.push(part['text']);
  else if (isJsonObject(part) && part['type'] === 'image_url' && isJsonObject(part['image_url']))
    images.push(imageOfDataUrl(part['image_url']['url'], part['image_url']['detail']));
  else throw new InvalidRequest(`Invalid value in 'messages[${i}].content'. Supported values are: 'text', 'image_url'.`);
}
