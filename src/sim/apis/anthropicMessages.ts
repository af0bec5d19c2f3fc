/*
 * Anthropic messages.
 *   POST /v1/messages                 x-api-key: KEY, anthropic-version: 2023-06-01
 *   { model, max_tokens, system, messages: [{ role, content: string | [{ type: "text", text } |
 *     { type: "image", source: { type: "base64", media_type, data } }] }], output_config: { format: { type: "json_schema", schema } } }
 *   -> { id, type: "message", role, model, content: [{ type: "text", text }], stop_reason, stop_sequence, usage }
 * Errors: { "type": "error", "error": { "type", "message" }, "request_id" }; 413 is HTML from the edge.
 * Rate headers: anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}; a reset is RFC 3339.
 */
import { htmlReply } from '../api/htmlReply.ts';
import { InvalidRequest } from '../api/invalidRequest.ts';
import { jsonReply } from '../api/jsonReply.ts';
import type { RequestImage, VendorApi } from '../api/vendorApi.ts';
import type { ErrorFault } from '../faults/faultNames.ts';
import { familyOf } from '../model/modelFamily.ts';
import { isJsonObject } from '../support/jsonObject.ts';
import { bearerToken } from './support/bearerToken.ts';
import { retryHeaders } from './support/retryHeaders.ts';
import { tokenLimit } from './support/tokenLimit.ts';

export const anthropicMessages: VendorApi = {
  match: (path) => (path === '/v1/messages' ? { model: '' } : undefined),
  credential: (headers) => String(headers['x-api-key'] ?? '') || bearerToken(headers.authorization),
  read(body, _pathModel, headers) {
    if (headers['anthropic-version'] === undefined) throw new InvalidRequest('anthropic-version: header is required');
    if (!isJsonObject(body)) throw new InvalidRequest('The request body is not valid JSON');
    for (const field of ['model', 'max_tokens', 'messages'])
      if (body[field] === undefined) throw new InvalidRequest(`${field}: Field required`);
    if (!Array.isArray(body['messages']) || body['messages'].length === 0)
      throw new InvalidRequest('messages: at least one message is required');
    const model = String(body['model']);
    refuseSampling(model, body);
    const texts: string[] = [];
    const images: RequestImage[] = [];
    readContent(body['system'] ?? [], 'system', texts, images);
    for (const [i, message] of body['messages'].entries()) {
      if (!isJsonObject(message) || (message['role'] !== 'user' && message['role'] !== 'assistant')) {
        throw new InvalidRequest(`messages.${i}.role: Input should be 'user' or 'assistant'`);
      }
      readContent(message['content'], `messages.${i}.content`, texts, images);
    }
    const config = isJsonObject(body['output_config']) ? body['output_config'] : undefined;
    const format = isJsonObject(config?.['format']) ? config['format'] : undefined;
    return {
      model,
      text: texts.join('\n'),
      images,
      maxTokens: tokenLimit(body['max_tokens'], 'max_tokens'),
      schema: isJsonObject(format?.['schema']) ? format['schema'] : undefined,
      thinkingBudget: readThinking(body['thinking']),
    };
  },
  answer: (request, completion, id) => ({
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content:
      completion.finish === 'refusal' || completion.finish === 'blocked' || completion.text === ''
        ? []
        : [{ type: 'text', text: completion.text }],
    stop_reason: completion.finish === 'length' ? 'max_tokens' : completion.finish === 'stop' ? 'end_turn' : 'refusal',
    stop_sequence: null,
    ...(completion.finish === 'refusal' || completion.finish === 'blocked'
      ? { stop_details: { type: 'refusal', category: 'frontier_llm' } }
      : {}),
    usage: {
      input_tokens: completion.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: completion.outputTokens + completion.thoughtTokens,
      service_tier: 'standard',
    },
  }),
  usageField: 'usage',
  captionField: 'content',
  error(fault, detail) {
    if (fault === 'too_large') return htmlReply(413, 'Request Entity Too Large');
    if (fault === 'bad_gateway') return htmlReply(502, 'Bad Gateway');
    if (fault === 'bad_request_html') return htmlReply(400, 'Bad Request');
    if (fault === 'bad_request_empty') return { status: 400, headers: {}, body: '' };
    const [status, type, message] = rows[fault] ?? rows.server_error!;
    const headers = status === 429 || status === 529 || status === 503 ? retryHeaders(detail) : {};
    const body = {
      type: 'error',
      error: { type, message: detail.message ?? message.replace('MODEL', detail.model) },
      request_id: 'req_simulated',
    };
    return jsonReply(status, fault === 'error_array' ? [body] : body, { 'request-id': 'req_simulated', ...headers });
  },
  quotaHeaders(gauges) {
    const headers: Record<string, string> = {};
    for (const [kind, gauge] of [
      ['requests', gauges.requests],
      ['tokens', gauges.tokens ?? gauges.inputTokens],
      ['input-tokens', gauges.inputTokens],
      ['output-tokens', gauges.outputTokens],
    ] as const) {
      if (!gauge) continue;
      headers[`anthropic-ratelimit-${kind}-limit`] = String(Math.floor(gauge.limit));
      headers[`anthropic-ratelimit-${kind}-remaining`] = String(Math.max(0, Math.floor(gauge.left)));
      headers[`anthropic-ratelimit-${kind}-reset`] = new Date(Date.now() + gauge.resetMs).toISOString();
    }
    return headers;
  },
  badImage: 'Could not process image',
};

const rows: Partial<Record<ErrorFault, readonly [status: number, type: string, message: string]>> = {
  rate_limit: [429, 'rate_limit_error', 'This request would exceed the rate limit for your organization of requests per minute.'],
  quota_spent: [402, 'billing_error', 'Your organization has reached its spend cap for this month.'],
  quota_daily: [429, 'rate_limit_error', 'This request would exceed the rate limit for your organization of requests per day.'],
  shared_capacity: [429, 'rate_limit_error', 'Number of concurrent connections has exceeded your rate limit. Please ramp up more slowly.'],
  overloaded: [529, 'overloaded_error', 'Overloaded'],
  server_error: [500, 'api_error', 'Internal server error'],
  unavailable: [503, 'api_error', 'The service is temporarily unavailable'],
  gateway_timeout: [504, 'timeout_error', 'The request timed out'],
  request_timeout: [408, 'timeout_error', 'The request was not received in time'],
  caller_fault: [400, 'invalid_request_error', 'max_tokens: Field required'],
  unprocessable: [422, 'invalid_request_error', 'messages: wrong shape'],
  conflict: [409, 'conflict_error', 'The resource was changed by another request'],
  credential: [401, 'authentication_error', 'invalid x-api-key'],
  credential_as_400: [400, 'invalid_request_error', 'API key expired. Please renew the API key.'],
  credit_balance: [
    400,
    'invalid_request_error',
    'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  ],
  model_gone: [404, 'not_found_error', 'model: MODEL has been retired'],
  model_gone_as_400: [400, 'invalid_request_error', 'ValidationException: the model MODEL is no longer available'],
  permission: [403, 'permission_error', 'Your API key does not have permission to use the specified resource.'],
  model_access: [404, 'not_found_error', 'model: MODEL'],
  region_blocked: [403, 'forbidden', 'Access to this service is not supported in your country or region.'],
  throttling_as_400: [400, 'invalid_request_error', 'Too many requests: tokens per minute exceeded, please slow down.'],
  context_length: [400, 'invalid_request_error', 'prompt is too long: 210321 tokens > 200000 maximum'],
  content_policy: [400, 'invalid_request_error', 'Output blocked by content filtering policy'],
  image_size_as_429: [429, 'invalid_request_error', 'The image exceeds the maximum usage size allowed.'],
  unknown_field: [404, 'not_found_error', 'output_config: Extra inputs are not permitted'],
  unsupported_media: [415, 'invalid_request_error', 'Unsupported media type'],
};

/** Sonnet 5 and later take no sampling parameters but the defaults. */
function refuseSampling(model: string, body: Readonly<Record<string, unknown>>): void {
  if (!familyOf(model).fixedSampling) return;
  for (const [field, usual] of [
    ['temperature', 1],
    ['top_p', undefined],
    ['top_k', undefined],
  ] as const) {
    if (body[field] !== undefined && body[field] !== usual) throw new InvalidRequest(`${field}: is not supported by ${model}`);
  }
}

function readThinking(thinking: unknown): number | undefined {
  if (!isJsonObject(thinking)) return undefined;
  return thinking['type'] === 'disabled' ? 0 : typeof thinking['budget_tokens'] === 'number' ? thinking['budget_tokens'] : undefined;
}

function readContent(content: unknown, where: string, texts: string[], images: RequestImage[]): void {
  if (typeof content === 'string') return void texts.push(content);
  if (!Array.isArray(content)) throw new InvalidRequest(`${where}: Input should be a valid string or list`);
  for (const [i, block] of content.entries()) {
    const source = isJsonObject(block) && isJsonObject(block['source']) ? block['source'] : undefined;
    if (isJsonObject(block) && block['type'] === 'text' && typeof block['text'] === 'string') texts.push(block['text']);
    else if (source?.['type'] === 'base64' && typeof source['data'] === 'string') images.push(readSource(source, `${where}.${i}`));
    else throw new InvalidRequest(`${where}.${i}: Input tag found using 'type' does not match any of the expected tags: 'text', 'image'`);
  }
}

const mediaTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function readSource(source: Readonly<Record<string, unknown>>, where: string): RequestImage {
  const mediaType = String(source['media_type']);
  const base64 = source['data'] as string;
  if (!mediaTypes.includes(mediaType)) {
    throw new InvalidRequest(
      `${where}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
    );
  }
  const bytes = Math.floor((base64.length * 3) / 4);
  if (bytes > 5_242_880)
    throw new InvalidRequest(`${where}.image.source.base64: image exceeds 5 MB maximum: ${bytes} bytes > 5242880 bytes`);
  return { base64, mediaType, detail: 'auto' };
}
