import type { ErrorClass } from '../../errors/errorClasses.ts';
import { retryInfoMs } from '../../limits/quota/retryAfterMs.ts';
import type { ErrorReply } from './errorReply.ts';

interface ErrorReplyRule {
  readonly class: ErrorClass;
  readonly when: (status: number, error: ErrorReply) => boolean;
}

const says = (error: ErrorReply, pattern: RegExp): boolean => pattern.test(error.codes) || pattern.test(error.message);

/**
 * The order of the rules is the point: an empty account also comes as 429, and most classes also come as a 400 of type
 * invalid_request_error, so the fault of the caller is asked last (`classifyErrorReply.ts`).
 */
export const errorReplyRules: readonly ErrorReplyRule[] = [
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
        unlessRetry(error),
      ) ||
      (status === 429 && isGeminiDailyQuota(error)),
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

/** "You exceeded your current quota" with a RetryInfo is Gemini's way to say: too fast. */
const unlessRetry = (error: ErrorReply): string =>
  retryInfoMs(error.raw) === undefined && !/resource_exhausted/.test(error.codes) ? error.message : '';

/** Gemini's daily or prepaid quota: RESOURCE_EXHAUSTED with a Help link, and no time to wait. */
export function isGeminiDailyQuota(error: ErrorReply): boolean {
  const details = (error.raw as { details?: unknown } | undefined)?.details;
  if (!Array.isArray(details) || retryInfoMs(error.raw) !== undefined) return false;
  return mentions(details, /google\.rpc\.Help|PerDay/);
}

/** Google's details have four levels. A body may have 100,000, which cost the stack. */
const DEEPEST = 8;

const mentions = (value: unknown, pattern: RegExp, depth = 0): boolean => {
  if (typeof value === 'string') return pattern.test(value);
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
  return Object.entries(value).some(([key, inner]) => pattern.test(key) || mentions(inner, pattern, depth + 1));
};
