/*
 * Errors of OpenAI and of servers with the same API:
 *   { "error": { "message": string, "type": string, "param": string | null, "code": string | null } }
 */
import { htmlReply } from '../../api/htmlReply.ts';
import { jsonReply } from '../../api/jsonReply.ts';
import type { ApiReply, ErrorDetail } from '../../api/vendorApi.ts';
import type { ErrorFault } from '../../faults/faultNames.ts';
import { retryHeaders } from './retryHeaders.ts';

type Row = readonly [status: number, type: string, code: string | null, message: string];

const rows: Partial<Record<ErrorFault, Row>> = {
  rate_limit: [429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for MODEL on requests per min (RPM). Please try again later.'],
  quota_spent: [
    429,
    'insufficient_quota',
    'insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
  ],
  quota_daily: [429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for MODEL on requests per day (RPD). Limit 10000, Used 10000.'],
  shared_capacity: [429, 'rate_limit_exceeded', null, 'The engine is currently under heavy load.'],
  overloaded: [503, 'server_error', null, 'The server is currently overloaded with other requests. Sorry about that!'],
  server_error: [500, 'server_error', null, 'The server had an error while processing your request. Sorry about that!'],
  unavailable: [503, 'service_unavailable', null, 'The service is temporarily unavailable.'],
  gateway_timeout: [504, 'timeout', null, 'The upstream did not answer in time.'],
  request_timeout: [408, 'timeout', 'request_timeout', 'The request was not received in time.'],
  caller_fault: [400, 'invalid_request_error', null, "Missing required parameter: 'messages'."],
  unprocessable: [422, 'invalid_request_error', null, "Validation error: 'messages' has the wrong shape."],
  too_large: [413, 'invalid_request_error', 'request_too_large', 'The request body is too large.'],
  conflict: [409, 'invalid_request_error', 'conflict', 'The resource was changed by another request.'],
  credential: [401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  credential_as_400: [400, 'invalid_request_error', 'invalid_api_key', 'API key expired. Please renew the API key.'],
  credit_balance: [402, 'billing_error', 'billing_hard_limit_reached', 'Billing hard limit has been reached.'],
  model_gone: [404, 'invalid_request_error', 'model_not_found', 'The model `MODEL` has been deprecated.'],
  permission: [403, 'invalid_request_error', null, 'You are not allowed to do this with this key.'],
  model_access: [404, 'invalid_request_error', 'model_not_found', 'The model `MODEL` does not exist or you do not have access to it.'],
  region_blocked: [403, 'request_forbidden', 'unsupported_country_region_territory', 'Country, region, or territory not supported'],
  throttling_as_400: [400, 'invalid_request_error', null, 'Too many requests: tokens per minute exceeded, please slow down.'],
  context_length: [
    400,
    'invalid_request_error',
    'context_length_exceeded',
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130321 tokens.",
  ],
  content_policy: [400, 'invalid_request_error', 'content_policy_violation', 'Your request was rejected as a result of our safety system.'],
  image_size_as_429: [429, 'invalid_request_error', null, 'The image exceeds the maximum usage size allowed. Please reduce its size.'],
  unknown_field: [404, 'invalid_request_error', 'unknown_url', 'Unrecognized request argument supplied: detail'],
  unsupported_media: [415, 'invalid_request_error', 'unsupported_media_type', 'Unsupported media type.'],
};

export function openaiError(fault: ErrorFault, detail: ErrorDetail): ApiReply {
  if (fault === 'bad_gateway') return htmlReply(502, 'Bad Gateway');
  if (fault === 'bad_request_html') return htmlReply(400, 'Bad Request');
  if (fault === 'bad_request_empty') return { status: 400, headers: {}, body: '' };
  if (fault === 'model_gone_as_400') {
    return jsonReply(400, { __type: 'ValidationException', message: `The model ${detail.model} is no longer available: it was retired.` });
  }
  const [status, type, code, message] = rows[fault] ?? rows.server_error!;
  const waits = status === 429 || status === 503 ? retryHeaders(detail) : {};
  // A spent account has nothing to wait for.
  const headers = fault === 'quota_spent' || fault === 'image_size_as_429' ? {} : waits;
  const error = { message: detail.message ?? message.replace('MODEL', detail.model), type, param: null, code };
  return jsonReply(status, fault === 'error_array' ? [{ error }] : { error }, headers);
}
