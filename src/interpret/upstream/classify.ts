import type { ErrorClass } from '../errorClasses.ts';
import type { CallFailure } from '../providerError.ts';
import { type Headers, exhaustedMs, quotaHints, retryAfterMs, retryInfoMs } from '../limits/rateLimitHeaders.ts';

/**
 * Turns an error reply into a class. The body comes before the status, since vendors put different facts under the
 * same status and the same fact under different ones:
 *
 *   OpenAI     {"error":{"message","type","code","param"}}
 *   Anthropic  {"type":"error","error":{"type","message"}}, 413 as HTML from the edge
 *   Gemini     {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message","details":[...]}}, sometimes in an array
 *   others     {"detail"}, {"message","__type"}, HTML, or nothing
 *
 * The order of the rules is the point: an empty account also comes as 429, and most classes also come as a 400 of type
 * invalid_request_error, so the fault of the caller is asked last.
 */
export function classify(status: number, body: string, headers: Headers, nowUnixMs: number): CallFailure {
  const error = readError(body);
  const found = RULES.find(({ when }) => when(status, error))?.class ?? byStatus(status, error);
  const waitMs = found === 'quota' ? quotaWaitMs(error, headers, nowUnixMs) : hintMs(error, headers, nowUnixMs);
  return { class: found, reason: shorten(error.message || `HTTP ${status}`), ...(waitMs !== undefined && { waitMs }) };
}

/** An error body in one shape. */
interface ErrorBody {
  /** Whether the vendor's own error object was there: an empty or HTML body says nothing about who is at fault. */
  readonly known: boolean;
  readonly message: string;
  /** Code, type and status words, lower case, joined by spaces. */
  readonly codes: string;
  readonly raw: unknown;
}

function readError(body: string): ErrorBody {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    const plain = /<html|<!doctype/i.test(body) ? (/<title>([^<]*)/i.exec(body)?.[1] ?? 'an HTML page') : body;
    return { known: false, message: plain, codes: '', raw: undefined };
  }
  const outer = (Array.isArray(json) ? json[0] : json) as Record<string, unknown> | null;
  if (typeof outer !== 'object' || outer === null) return { known: false, message: '', codes: '', raw: undefined };
  const inner = typeof outer['error'] === 'object' && outer['error'] !== null ? (outer['error'] as Record<string, unknown>) : outer;
  const words = [inner['code'], inner['type'], inner['status'], inner['__type'], ...reasons(inner['details'])];
  const message = [outer['error'], inner['message'], inner['detail'], inner['Message']].find((field) => typeof field === 'string');
  const codes = words
    .filter((word) => typeof word === 'string')
    .join(' ')
    .toLowerCase();
  return { known: codes !== '' || message !== undefined, message: message ?? '', codes, raw: inner };
}

/** Gemini's ErrorInfo reasons, such as API_KEY_INVALID. */
const reasons = (details: unknown): unknown[] =>
  Array.isArray(details) ? details.map((detail: { reason?: unknown }) => detail?.reason) : [];

type Rule = { readonly class: ErrorClass; readonly when: (status: number, error: ErrorBody) => boolean };

const says = (error: ErrorBody, pattern: RegExp): boolean => pattern.test(error.codes) || pattern.test(error.message);

const RULES: readonly Rule[] = [
  // An oversize picture can come as a 429 whose message speaks of a maximum usage size: waiting never helps.
  { class: 'too_large', when: (status, error) => status === 413 || /request_too_large/.test(error.codes) },
  {
    class: 'caller_fault',
    when: (status, error) => status === 429 && /image.{0,60}(size|large|usage)|maximum usage size/i.test(error.message),
  },
  {
    class: 'quota',
    when: (status, error) =>
      status === 402 ||
      /insufficient_quota|billing_hard_limit|billing_not_active|billing_error|payment_required/.test(error.codes) ||
      /credit balance is too low|exceeded your current quota|spend(ing)? (cap|limit)|prepa(id|yment).{0,40}(credit|deplet)|billing.{0,40}(not|disabled|enabled)|daily (limit|quota)/i.test(
        withoutRetry(error),
      ) ||
      (status === 429 && isGeminiDaily(error)),
  },
  {
    class: 'rate_limit',
    when: (status, error) =>
      status !== 401 &&
      status !== 403 &&
      (/rate_limit|throttl|too_many_requests|resource_exhausted/.test(error.codes) ||
        /rate limit|throttl|too many requests|(tokens|requests) per (min|day|second)/i.test(error.message)),
  },
  {
    class: 'overloaded',
    when: (status, error) => status === 529 || /overloaded/.test(error.codes) || (status >= 500 && /overloaded/i.test(error.message)),
  },
  {
    class: 'region_blocked',
    when: (_, error) =>
      says(
        error,
        /unsupported_country|(country|region|territory|location)[^.]{0,40}(is )?not supported|not (available|supported) in your (country|region)/i,
      ),
  },
  {
    class: 'credential',
    when: (status, error) =>
      status === 401 ||
      /invalid_api_key|authentication_error|unauthenticated|api_key_invalid|unrecognizedclient|invalidsignature|expiredtoken/.test(
        error.codes,
      ) ||
      /api key (is )?(not valid|invalid|expired|not found)|(invalid|incorrect|expired) (api key|x-api-key|token)|api key expired/i.test(
        error.message,
      ),
  },
  {
    class: 'model_gone',
    when: (status, error) =>
      status === 410 ||
      says(error, /model_(deprecated|decommissioned|retired)|(deprecated|decommissioned|retired|no longer (available|supported))/i),
  },
  {
    class: 'model_access',
    when: (status, error) =>
      /model_not_found|deploymentnotfound|model_not_available/.test(error.codes) ||
      (status === 404 && /model|deployment/i.test(error.message) && !/field|parameter|argument|inputs/i.test(error.message)) ||
      (status === 403 && /model|terms/i.test(error.message)),
  },
  {
    class: 'context_length',
    when: (_, error) =>
      says(error, /context_length|context (length|window)|prompt is too long|maximum (context|number of tokens)|input token count/i),
  },
  {
    class: 'blocked',
    when: (status, error) =>
      status < 500 &&
      says(error, /content_policy|content_filter|content filtering|responsibleai|safety system|content management policy|usage policies/i),
  },
];

function byStatus(status: number, error: ErrorBody): ErrorClass {
  if (status === 403) return 'permission';
  if (status === 409) return 'conflict';
  if (status === 408) return 'transient';
  if (status === 429) return 'rate_limit';
  if (status === 500 || status === 502 || status === 503 || status === 504) return 'transient';
  if (status > 500) return 'transient';
  if (/internal|api_error|unavailable|server_error/.test(error.codes)) return 'transient';
  // 404 that names a request field, 415: this wire does not take it, another may.
  if (status === 404 || status === 415) return 'unknown';
  if (error.known && (status === 400 || status === 422 || /invalid_request|invalid_argument|failed_precondition/.test(error.codes)))
    return 'caller_fault';
  return 'unknown';
}

/** "You exceeded your current quota" with a RetryInfo is Gemini's way to say: too fast. */
const withoutRetry = (error: ErrorBody): string =>
  retryInfoMs(error.raw) === undefined && !/resource_exhausted/.test(error.codes) ? error.message : '';

/** Gemini's daily or prepaid quota: RESOURCE_EXHAUSTED with a Help link, and nothing that says when. */
function isGeminiDaily(error: ErrorBody): boolean {
  const details = (error.raw as { details?: unknown } | undefined)?.details;
  if (!Array.isArray(details) || retryInfoMs(error.raw) !== undefined) return false;
  return JSON.stringify(details).includes('google.rpc.Help') || /PerDay/.test(JSON.stringify(details));
}

function hintMs(error: ErrorBody, headers: Headers, nowUnixMs: number): number | undefined {
  return retryInfoMs(error.raw) ?? retryAfterMs(headers, nowUnixMs) ?? exhaustedMs(quotaHints(headers, nowUnixMs));
}

/** Gemini's daily quotas come back at midnight Pacific; an account without credit only when somebody pays. */
function quotaWaitMs(error: ErrorBody, headers: Headers, nowUnixMs: number): number {
  return isGeminiDaily(error) ? untilPacificMidnightMs(nowUnixMs) : (retryAfterMs(headers, nowUnixMs) ?? Infinity);
}

export function untilPacificMidnightMs(nowUnixMs: number): number {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(clock.formatToParts(nowUnixMs).map(({ type, value }) => [type, Number(value)]));
  return 86_400_000 - ((part['hour']! * 60 + part['minute']!) * 60 + part['second']!) * 1000;
}

/** One line, at most 200 characters, with anything that looks like a key or a picture cut out. */
export const shorten = (message: string): string =>
  message
    .replace(/\b(sk|pk|key|AIza|ya29|Bearer)[-_.A-Za-z0-9*]{6,}/g, '[key]')
    .replace(/[A-Za-z0-9+/=]{64,}/g, '[data]')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
