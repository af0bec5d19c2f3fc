/*
 * Gemini generateContent, on AI Studio and on Vertex.
 *   POST /v1beta/models/{model}:generateContent                                                     x-goog-api-key: KEY or ?key=KEY
 *   POST /v1/projects/{p}/locations/{l}/publishers/google/models/{model}:generateContent            Authorization: Bearer TOKEN
 *   { contents: [{ role, parts: [{ text } | { inlineData: { mimeType, data } }] }], systemInstruction: { parts },
 *     generationConfig: { maxOutputTokens, responseMimeType, responseJsonSchema, thinkingConfig: { thinkingBudget }, mediaResolution } }
 *   -> { candidates: [{ content: { role, parts: [{ text }] }, finishReason, index }], usageMetadata, modelVersion, responseId }
 * Errors: { "error": { "code", "message", "status", "details": [] } }, sometimes wrapped in an array. There are no rate headers: the
 * time to wait is in the body, `RetryInfo.retryDelay: "36.5s"`.
 */
import { htmlReply } from '../api/htmlReply.ts';
import { InvalidRequest } from '../api/invalidRequest.ts';
import { jsonReply } from '../api/jsonReply.ts';
import type { ErrorDetail, RequestImage, VendorApi } from '../api/vendorApi.ts';
import type { ErrorFault } from '../faults/faultNames.ts';
import { familyOf } from '../model/modelFamily.ts';
import { type JsonObject, isJsonObject } from '../support/jsonObject.ts';
import { bearerToken } from './support/bearerToken.ts';
import { tokenLimit } from './support/tokenLimit.ts';

const studio = /^\/v1(?:beta|alpha)?\/models\/([^/:]+):generateContent$/;
const vertex = /^\/v1(?:beta1)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/google\/models\/([^/:]+):generateContent$/;

export const geminiGenerate: VendorApi = {
  match(path) {
    const found = studio.exec(path) ?? vertex.exec(path);
    return found ? { model: decodeURIComponent(found[1]!) } : undefined;
  },
  credential: (headers, query) => String(headers['x-goog-api-key'] ?? '') || bearerToken(headers.authorization) || (query.get('key') ?? ''),
  read(body, model) {
    if (!isJsonObject(body)) throw new InvalidRequest('Invalid JSON payload received. Unexpected token.');
    if (!Array.isArray(body['contents']) || body['contents'].length === 0) {
      throw new InvalidRequest('* GenerateContentRequest.contents: contents is not specified');
    }
    const texts: string[] = [];
    const images: RequestImage[] = [];
    const config = isJsonObject(body['generationConfig']) ? body['generationConfig'] : {};
    const resolution = config['mediaResolution'];
    const detail = typeof resolution === 'string' ? resolution.replace('MEDIA_RESOLUTION_', '').toLowerCase() : 'auto';
    const system = body['systemInstruction'] ?? body['system_instruction'];
    for (const content of isJsonObject(system) ? [system, ...body['contents']] : body['contents'])
      readParts(content, detail, texts, images);
    return {
      model,
      text: texts.join('\n'),
      images,
      maxTokens: tokenLimit(config['maxOutputTokens'], 'generationConfig.maxOutputTokens'),
      schema: readSchema(config),
      thinkingBudget: readThinking(model, config),
    };
  },
  answer: (request, completion, id) => ({
    // A blocked prompt comes back with no candidates at all.
    ...(completion.finish === 'blocked'
      ? { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }
      : { candidates: [candidate(completion.text, finishReasons[completion.finish])] }),
    usageMetadata: {
      promptTokenCount: completion.inputTokens,
      ...(completion.outputTokens > 0 ? { candidatesTokenCount: completion.outputTokens } : {}),
      totalTokenCount: completion.inputTokens + completion.outputTokens + completion.thoughtTokens,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: completion.inputTokens - completion.imageTokens },
        { modality: 'IMAGE', tokenCount: completion.imageTokens },
      ],
      ...(completion.thoughtTokens > 0 ? { thoughtsTokenCount: completion.thoughtTokens } : {}),
    },
    modelVersion: request.model,
    responseId: id,
  }),
  usageField: 'usageMetadata',
  captionField: 'candidates',
  error(fault, detail) {
    if (fault === 'bad_gateway') return htmlReply(502, 'Bad Gateway');
    if (fault === 'bad_request_html') return htmlReply(400, 'Bad Request');
    if (fault === 'bad_request_empty') return { status: 400, headers: {}, body: '' };
    const [code, status, message] = rows[fault] ?? rows.server_error!;
    const details = detailsOf(fault, detail);
    const error = {
      code,
      message: detail.message ?? message.replace('MODEL', detail.model),
      status,
      ...(details.length ? { details } : {}),
    };
    return jsonReply(code, fault === 'error_array' ? [{ error }] : { error });
  },
  quotaHeaders: () => ({}),
  badImage: 'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
};

const finishReasons = { stop: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' } as const;

const candidate = (text: string, finishReason: string): JsonObject => ({
  content: finishReason === 'SAFETY' || text === '' ? { role: 'model' } : { role: 'model', parts: [{ text }] },
  finishReason,
  index: 0,
});

const rows: Partial<Record<ErrorFault, readonly [code: number, status: string, message: string]>> = {
  rate_limit: [429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.'],
  quota_spent: [
    429,
    'RESOURCE_EXHAUSTED',
    'Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing.',
  ],
  quota_daily: [429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.'],
  shared_capacity: [429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'],
  overloaded: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  server_error: [500, 'INTERNAL', 'An internal error has occurred. Please retry.'],
  unavailable: [503, 'UNAVAILABLE', 'The service is currently unavailable.'],
  gateway_timeout: [504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'],
  request_timeout: [408, 'DEADLINE_EXCEEDED', 'The request was not received in time.'],
  caller_fault: [400, 'INVALID_ARGUMENT', '* GenerateContentRequest.contents: contents is not specified'],
  unprocessable: [422, 'INVALID_ARGUMENT', 'The request has the wrong shape.'],
  too_large: [413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'],
  conflict: [409, 'ABORTED', 'The operation was aborted.'],
  credential: [401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'],
  credential_as_400: [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'],
  credit_balance: [403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled. Please enable billing on project #1.'],
  model_gone: [410, 'NOT_FOUND', 'models/MODEL is deprecated and was shut down.'],
  model_gone_as_400: [400, 'INVALID_ARGUMENT', 'models/MODEL is no longer available.'],
  permission: [403, 'PERMISSION_DENIED', 'The caller does not have permission'],
  model_access: [404, 'NOT_FOUND', 'models/MODEL is not found for API version v1beta, or is not supported for generateContent.'],
  region_blocked: [400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'],
  throttling_as_400: [400, 'INVALID_ARGUMENT', 'Too many requests: tokens per minute exceeded.'],
  context_length: [400, 'INVALID_ARGUMENT', 'The input token count (1200321) exceeds the maximum number of tokens allowed (1048576).'],
  content_policy: [400, 'INVALID_ARGUMENT', 'The request was blocked by the content policy: content_policy_violation.'],
  image_size_as_429: [429, 'INVALID_ARGUMENT', 'The image exceeds the maximum usage size.'],
  unknown_field: [404, 'NOT_FOUND', 'Invalid JSON payload received. Unknown name "responseJsonSchema": Cannot find field.'],
  unsupported_media: [415, 'INVALID_ARGUMENT', 'Unsupported MIME type'],
};

const google = 'type.googleapis.com/google.rpc';

function detailsOf(fault: ErrorFault, { model, retryAfterMs = 1_000, retryAfterAs }: ErrorDetail): readonly JsonObject[] {
  if (fault === 'credential_as_400') return [{ '@type': `${google}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
  // Daily and prepaid quotas name no time, only a page to read.
  if (fault === 'quota_daily' || fault === 'quota_spent') {
    return [
      {
        '@type': `${google}.Help`,
        links: [{ description: 'Learn more about Gemini API quotas', url: 'https://ai.google.dev/gemini-api/docs/rate-limits' }],
      },
    ];
  }
  if (fault !== 'rate_limit') return [];
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
    quotaId: 'GenerateRequestsPerMinutePerProjectPerModel',
    quotaDimensions: { location: 'global', model },
  };
  return [
    { '@type': `${google}.QuotaFailure`, violations: [violation] },
    ...(retryAfterAs === 'none' ? [] : [{ '@type': `${google}.RetryInfo`, retryDelay: `${(retryAfterMs / 1_000).toFixed(3)}s` }]),
  ];
}

function readSchema(config: JsonObject): JsonObject | undefined {
  const schema = config['responseJsonSchema'] ?? config['responseSchema'];
  if (schema === undefined) return undefined;
  if (config['responseMimeType'] !== 'application/json')
    throw new InvalidRequest('responseJsonSchema needs responseMimeType application/json');
  return isJsonObject(schema) ? schema : undefined;
}

function readThinking(model: string, config: JsonObject): number | undefined {
  const thinking = isJsonObject(config['thinkingConfig']) ? config['thinkingConfig']['thinkingBudget'] : undefined;
  if (typeof thinking !== 'number' || thinking < 0) return undefined;
  const { leastThinking } = familyOf(model);
  if (thinking < leastThinking) throw new InvalidRequest(`Budget ${thinking} is invalid. This model only works in thinking mode.`);
  return thinking;
}

function readParts(content: unknown, detail: string, texts: string[], images: RequestImage[]): void {
  if (!isJsonObject(content) || !Array.isArray(content['parts']))
    throw new InvalidRequest('* GenerateContentRequest.contents.parts: must not be empty');
  for (const part of content['parts']) {
    const data = isJsonObject(part) ? (part['inlineData'] ?? part['inline_data']) : undefined;
    if (isJsonObject(part) && typeof part['text'] === 'string') texts.push(part['text']);
    else if (isJsonObject(data) && typeof data['data'] === 'string') {
      images.push({ base64: data['data'], mediaType: String(data['mimeType'] ?? data['mime_type']), detail });
    } else throw new InvalidRequest('* GenerateContentRequest.contents.parts: data must have one initialized field');
  }
}
