import { describe, expect, it } from 'vitest';
import { classifyErrorReply } from '../../../../src/interpret/upstream/errorReply/classifyErrorReply.ts';
import { untilPacificMidnightMs } from '../../../../src/interpret/upstream/errorReply/untilPacificMidnightMs.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const openai = (message: string, code: string | null, type = 'invalid_request_error'): string =>
  JSON.stringify({ error: { message, type, code, param: null } });
const anthropic = (type: string, message: string): string => JSON.stringify({ type: 'error', error: { type, message } });
const google = (code: number, status: string, message: string, details: object[] = []): string =>
  JSON.stringify({ error: { code, status, message, details } });
const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36.5s' };
const help = { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ description: 'Learn more', url: 'https://ai.google.dev' }] };

describe('an error reply is classed by its body before its status', () => {
  it.each([
    ['a required field is missing', 400, openai("Missing required parameter: 'messages'.", null), 'caller_fault'],
    ['validation', 422, openai('Input should be a valid string', null), 'caller_fault'],
    ['body too large', 413, anthropic('request_too_large', 'Request exceeds the maximum size'), 'too_large'],
    ['body too large, as HTML from the edge', 413, '<html><head><title>413 Payload Too Large</title></head></html>', 'too_large'],
    ['conflict', 409, openai('Another operation is in progress', null), 'conflict'],
    ['400 without a body', 400, '', 'unknown'],
    ['400 as HTML', 400, '<html><title>Bad Request</title></html>', 'unknown'],
    [
      'Gemini: key not valid, as 400',
      400,
      google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'),
      'credential',
    ],
    [
      'Anthropic: credit balance, as 400',
      400,
      anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      'quota',
    ],
    [
      'Bedrock: model no longer available',
      400,
      JSON.stringify({ __type: 'ValidationException', message: 'This model version is no longer available.' }),
      'model_gone',
    ],
    ['rate limit', 429, anthropic('rate_limit_error', 'This request would exceed your rate limit'), 'rate_limit'],
    ['server error', 500, openai('The server had an error', null, 'server_error'), 'transient'],
    [
      'OpenAI: quota, as 429',
      429,
      openai('You exceeded your current quota, please check your plan', 'insufficient_quota', 'insufficient_quota'),
      'quota',
    ],
    ['payment required', 402, openai('pay', null), 'quota'],
    ['401', 401, openai('Incorrect API key provided', 'invalid_api_key'), 'credential'],
    [
      'AWS: expired token, as 403',
      403,
      JSON.stringify({ __type: 'ExpiredTokenException', message: 'The security token included in the request is expired' }),
      'credential',
    ],
    ['403 otherwise', 403, anthropic('permission_error', 'Your key may not do this'), 'permission'],
    ['model not found', 404, openai('The model `gpt-9` does not exist', 'model_not_found'), 'model_access'],
    [
      'Azure: deployment not found',
      404,
      JSON.stringify({ error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist' } }),
      'model_access',
    ],
    ['permission for a model', 403, anthropic('permission_error', 'Your organisation has no access to this model'), 'model_access'],
    ['gone', 410, openai('This model has been retired', null), 'model_gone'],
    [
      'region',
      403,
      openai('Country, region, or territory not supported', 'unsupported_country_region_territory', 'request_forbidden'),
      'region_blocked',
    ],
    ['529', 529, anthropic('overloaded_error', 'Overloaded'), 'overloaded'],
    ['502 as HTML', 502, '<html><title>502 Bad Gateway</title></html>', 'transient'],
    ['throttling under another status', 400, JSON.stringify({ __type: 'ThrottlingException', message: 'Too many requests' }), 'rate_limit'],
    ['tokens per minute under 503', 503, openai('Limit of tokens per minute reached', null), 'rate_limit'],
    ['context length', 400, openai("This model's maximum context length is 128000 tokens", 'context_length_exceeded'), 'context_length'],
    ['content policy', 400, openai('Your request was rejected', 'content_policy_violation'), 'blocked'],
    ['picture too large, as 429', 429, openai('The image exceeds the maximum usage size allowed', null), 'caller_fault'],
    ['404 that names a field', 404, google(404, 'NOT_FOUND', 'Unknown name "responseJsonSchema": cannot find field.'), 'unknown'],
    ['415', 415, openai('Unsupported media type', null), 'unknown'],
    ['Gemini: too fast', 429, google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [retryInfo]), 'rate_limit'],
    ['Gemini: daily quota', 429, google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [help]), 'quota'],
    ['Vertex: shared capacity', 429, google(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'), 'rate_limit'],
    ['Gemini: in an array', 503, `[${google(503, 'UNAVAILABLE', 'The model is overloaded.')}]`, 'overloaded'],
  ])('%s', (_, status, body, expected) => {
    expect(classifyErrorReply(status, body, {}, now).class).toBe(expected);
  });
});

describe('a wait is understood in every form', () => {
  it.each([
    ['seconds', { 'retry-after': '2' }, '', 2_000],
    ['milliseconds before seconds', { 'retry-after-ms': '350', 'retry-after': '1' }, '', 350],
    ['an HTTP date', { 'retry-after': 'Sun, 22 Nov 2026 12:00:07 GMT' }, '', 7_000],
    ['a date that has passed', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, '', 0],
    ['Gemini RetryInfo in the body', {}, google(429, 'RESOURCE_EXHAUSTED', 'x', [retryInfo]), 36_500],
    [
      'a Go duration of the quota that is used up',
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' },
      '',
      90_000,
    ],
    [
      'an RFC 3339 date of the quota that is used up',
      { 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-11-22T12:00:05Z' },
      '',
      5_000,
    ],
    ['nothing', { 'retry-after': 'soon' }, '', undefined],
  ])('%s', (_, headers, body, waitMs) => {
    expect(classifyErrorReply(429, body || openai('slow down', 'rate_limit_exceeded'), headers as never, now).waitMs).toBe(waitMs);
  });

  it('an account without credit is out for good, a daily quota until midnight Pacific', () => {
    expect(classifyErrorReply(429, openai('x', 'insufficient_quota'), {}, now).waitMs).toBe(Infinity);
    expect(classifyErrorReply(429, google(429, 'RESOURCE_EXHAUSTED', 'x', [help]), {}, now).waitMs).toBe(20 * 3_600_000);
    expect(untilPacificMidnightMs(Date.parse('2026-11-22T07:59:59Z'))).toBe(1_000);
  });
});

it('keeps a reason short and free of keys and pictures', () => {
  const message = `Incorrect API key provided: sk-proj-abcdefgh1234. ${'iVBORw0KGgo'.repeat(20)} ${'word '.repeat(100)}`;
  const { reason } = classifyErrorReply(401, openai(message, 'invalid_api_key'), {}, now);
  expect(reason).toMatch(/^Incorrect API key provided: \[key\] \[data\] word/);
  expect(reason.length).toBeLessThanOrEqual(200);
});

it('reads an error whose details are 100,000 levels deep (issue 11)', () => {
  const details = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
  expect(classifyErrorReply(429, `{"error":{"status":"RESOURCE_EXHAUSTED","message":"no","details":[${details}]}}`, {}, 0).class).toBe(
    'rate_limit',
  );
});

it.each(['99999999999999999999', 'Wed, 21 Oct 2099 07:28:00 GMT'])(
  'waits no longer than a day, whatever a vendor asks: %s (issue 11)',
  (asked) => {
    expect(classifyErrorReply(429, '{}', { 'retry-after': asked }, now).waitMs).toBe(24 * 3_600_000);
  },
);
