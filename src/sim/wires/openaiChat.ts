/*
 * OpenAI chat completions, and Azure's form of it.
 *   POST /v1/chat/completions                              Authorization: Bearer KEY
 *   POST /openai/deployments/{model}/chat/completions      api-key: KEY
 *   { model, messages: [{ role, content: string | [{ type: "text", text } | { type: "image_url", image_url: { url, detail } }] }],
 *     max_completion_tokens | max_tokens, response_format: { type: "json_schema", json_schema: { schema } } }
 *   -> { id, object, created, model, choices: [{ index, message: { role, content, refusal }, finish_reason }], usage }
 */
import { type Picture, type Posed, type Wire, InvalidRequest, isObject, readLimit } from '../wire.ts';
import { openaiError, openaiQuotaHeaders } from './openaiError.ts';

const azure = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/;
const plain = /^(?:\/openai)?(?:\/v1)?\/chat\/completions$/;

export const openaiChat: Wire = {
  match: (path) => (plain.test(path) ? { model: '' } : named(azure.exec(path))),
  credential: (headers) => bearer(headers.authorization) || String(headers['api-key'] ?? ''),
  read(body, pathModel) {
    if (!isObject(body)) throw new InvalidRequest('We could not parse the JSON body of your request.');
    if (!Array.isArray(body['messages'])) throw new InvalidRequest("Missing required parameter: 'messages'.");
    const model = typeof body['model'] === 'string' ? body['model'] : pathModel;
    if (model === '') throw new InvalidRequest('you must provide a model parameter');
    const { text, images } = readMessages(body['messages']);
    const format = isObject(body['response_format']) ? body['response_format'] : undefined;
    const wrapped = isObject(format?.['json_schema']) ? format['json_schema'] : undefined;
    return {
      model,
      text,
      images,
      maxTokens: readLimit(body['max_completion_tokens'] ?? body['max_tokens'], 'max_completion_tokens'),
      schema: isObject(wrapped?.['schema']) ? wrapped['schema'] : undefined,
    };
  },
  answer: (posed, said, id) => ({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1_000),
    model: posed.model,
    choices: [
      {
        index: 0,
        // A refusal comes with finish_reason "stop"; only the field tells it.
        message: {
          role: 'assistant',
          content: said.finish === 'refusal' ? null : said.text,
          refusal: said.finish === 'refusal' ? said.text : null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: said.finish === 'length' ? 'length' : said.finish === 'blocked' ? 'content_filter' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: said.inputTokens,
      completion_tokens: said.outputTokens + said.thoughtTokens,
      total_tokens: said.inputTokens + said.outputTokens + said.thoughtTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0, image_tokens: said.imageTokens },
      completion_tokens_details: { reasoning_tokens: said.thoughtTokens },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  }),
  usageField: 'usage',
  captionField: 'choices',
  error: openaiError,
  quotaHeaders: openaiQuotaHeaders,
  badImage:
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
};

export const bearer = (header: string | undefined): string => /^bearer\s+(.+)$/i.exec(header ?? '')?.[1] ?? '';

const named = (found: RegExpExecArray | null): { model: string } | undefined =>
  found ? { model: decodeURIComponent(found[1]!) } : undefined;

function readMessages(messages: readonly unknown[]): Pick<Posed, 'text' | 'images'> {
  const texts: string[] = [];
  const images: Picture[] = [];
  for (const [i, message] of messages.entries()) {
    if (!isObject(message) || typeof message['role'] !== 'string')
      throw new InvalidRequest(`Missing required parameter: 'messages[${i}].role'.`);
    const content = message['content'];
    if (typeof content === 'string') texts.push(content);
    else if (Array.isArray(content)) for (const part of content) readPart(part, i, texts, images);
    else throw new InvalidRequest(`Invalid type for 'messages[${i}].content': expected one of a string or array of objects.`);
  }
  return { text: texts.join('\n'), images };
}

function readPart(part: unknown, i: number, texts: string[], images: Picture[]): void {
  if (isObject(part) && part['type'] === 'text' && typeof part['text'] === 'string') texts.push(part['text']);
  else if (isObject(part) && part['type'] === 'image_url' && isObject(part['image_url']))
    images.push(readDataUrl(part['image_url']['url'], part['image_url']['detail']));
  else throw new InvalidRequest(`Invalid value in 'messages[${i}].content'. Supported values are: 'text', 'image_url'.`);
}

/** `data:image/png;base64,...`; the simulator fetches nothing from elsewhere. */
export function readDataUrl(url: unknown, detail: unknown): Picture {
  if (typeof url !== 'string') throw new InvalidRequest("Missing required parameter: 'image_url.url'.");
  const comma = url.indexOf(',');
  const head = /^data:([\w/+.-]+);base64$/.exec(url.slice(0, Math.min(comma, 100)));
  if (!head) throw new InvalidRequest('Invalid image URL: expected a base64-encoded data URL with an image MIME type.');
  if (detail !== undefined && !['auto', 'low', 'high', 'original'].includes(detail as string)) {
    throw new InvalidRequest(`Invalid value for 'detail': ${JSON.stringify(detail)}.`);
  }
  return { base64: url.slice(comma + 1), mediaType: head[1]!, detail: (detail as string | undefined) ?? 'auto' };
}
