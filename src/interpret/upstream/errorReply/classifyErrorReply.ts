import type { ErrorClass } from '../../errors/errorClasses.ts';
import type { Headers } from '../../limits/quota/headers.ts';
import { rateLimitHeaders, untilQuotaResetMs } from '../../limits/quota/rateLimitHeaders.ts';
import { retryAfterMs, retryInfoMs } from '../../limits/quota/retryAfterMs.ts';
import type { CallFailure } from '../../errors/providerError.ts';
import { type ErrorReply, errorReply } from './errorReply.ts';
import { errorReplyRules, isGeminiDailyQuota } from './errorReplyRules.ts';
import { shortReason } from './shortReason.ts';
import { untilPacificMidnightMs } from './untilPacificMidnightMs.ts';

/** No vendor asks for more than a day: a time in another century is a mistake, and would end the target for this run. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * Turns an error reply into a class. The body comes before the status, since vendors put different facts under the
 * same status and the same fact under different ones.
 *
 * @param redact takes secrets out of the message, before it is shortened
 */
export function classifyErrorReply(
  status: number,
  body: string,
  headers: Headers,
  nowUnixMs: number,
  redact?: (text: string) => string,
): CallFailure {
  const error = errorReply(body);
  const found = errorReplyRules.find(({ when }) => when(status, error))?.class ?? byStatus(status, error);
  const askedMs = found === 'quota' ? quotaWaitMs(error, headers, nowUnixMs) : askedWaitMs(error, headers, nowUnixMs);
  // Infinity is no time: whoever it is of is tried now and then.
  const waitMs = askedMs === Infinity || askedMs === undefined ? askedMs : Math.min(askedMs, LONGEST_WAIT_MS);
  return { class: found, reason: shortReason(error.message || `HTTP ${status}`, redact), ...(waitMs !== undefined && { waitMs }) };
}

function byStatus(status: number, error: ErrorReply): ErrorClass {
  if (status === 403) return 'permission';
  if (status === 409) return 'conflict';
  if (status === 408) return 'transient';
  if (status === 429) return 'rate_limit';
  if (status === 500 || status === 502 || status === 503 || status === 504) return 'transient';
  if (status > 500) return 'transient';
  if (/internal|api_error|unavailable|server_error/.test(error.codes)) return 'transient';
  // 404 that names a request field, 415: this API does not take it, another may.
  if (status === 404 || status === 415) return 'unknown';
  if (error.known && (status === 400 || status === 422 || /invalid_request|invalid_argument|failed_precondition/.test(error.codes)))
    return 'caller_fault';
  return 'unknown';
}

const askedWaitMs = (error: ErrorReply, headers: Headers, nowUnixMs: number): number | undefined =>
  retryInfoMs(error.raw) ?? retryAfterMs(headers, nowUnixMs) ?? untilQuotaResetMs(rateLimitHeaders(headers, nowUnixMs));

/** Gemini's daily quotas come back at midnight Pacific; an account without credit only when it is paid for. */
const quotaWaitMs = (error: ErrorReply, headers: Headers, nowUnixMs: number): number =>
  isGeminiDailyQuota(error) ? untilPacificMidnightMs(nowUnixMs) : (retryAfterMs(headers, nowUnixMs) ?? Infinity);
