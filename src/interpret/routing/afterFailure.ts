import { errorClassOf, isFallbackable, retriesOf } from '../errors/errorClassOf.ts';
import { consequenceOf } from '../errors/errorClasses.ts';
import { ProviderError } from '../errors/providerError.ts';
import { backoffMs } from './backoffMs.ts';
import { tooLate } from './tooLate.ts';
import type { RouteRules, RouteTarget } from './routeTarget.ts';
import type { RoutedFrame } from './routedFrame.ts';

/** Timers are a millisecond coarse. */
const TIMER_MS = 2;

/** The frame waits for its next call, to the same target or to another; or no target is left; or it ends with an error. */
export type AfterFailure = 'waits' | 'exhausted' | { readonly error: unknown };

/** What becomes of a frame after a call failed, by the class of the error. */
export function afterFailure(frame: RoutedFrame, target: RouteTarget, error: unknown, rules: RouteRules, nowMs: number): AfterFailure {
  const errorClass = errorClassOf(error);
  if (errorClass === undefined) return { error };
  if (frame.request.deadlineMs <= nowMs + TIMER_MS) return { error: tooLate(frame) };
  const tries = frame.failedAt(target, error);
  if (!isFallbackable(error, rules.fallbackOn)) return { error };
  if (errorClass === 'truncated') frame.doubleRoom();
  const isRateLimit = errorClass === 'rate_limit';
  const hasOtherKey = !isRateLimit && keyFailed(error) && target.captioner.availability.backAt(nowMs) <= nowMs + rules.maxCooldownWaitMs;
  if (!hasOtherKey && tries > Math.min(retriesOf(error), rules.retries)) frame.excluded.add(target);
  else if (!isRateLimit && !hasOtherKey) frame.notBeforeMs = nowMs + backoffMs(tries, error, rules.backoffMs);
  return frame.hasMore || startOver(frame, rules, nowMs) ? 'waits' : 'exhausted';
}

/** A call failed with one key of its target; KEYS_REJECTED, where no call was made, says that none is left. */
const keyFailed = (error: unknown): boolean => error instanceof ProviderError && consequenceOf(error.failure.class).coolsDown === 'key';

/**
 * Where every target of the path refused for lack of room, or one of them is known to be down, that will pass: the frame
 * waits and goes round again. Returns false where going round is of no use.
 */
function startOver(frame: RoutedFrame, rules: RouteRules, nowMs: number): boolean {
  const { path, failures } = frame;
  const wasLimited = failures.some((failure) => errorClassOf(failure) === 'rate_limit');
  if (!wasLimited && !path.some((target) => isComingBack(target, nowMs))) return false;
  for (const target of path) {
    if (target.captioner.availability.backAt(nowMs) < Infinity && !hasLastingFailure(frame, target)) frame.excluded.delete(target);
  }
  if (!frame.hasMore) return false;
  frame.tries.clear();
  frame.rounds++;
  frame.notBeforeMs = nowMs + backoffMs(frame.rounds, undefined, rules.backoffMs);
  return true;
}

/** Down or cooling; back at this very moment: its next probe is due. */
function isComingBack({ captioner }: RouteTarget, nowMs: number): boolean {
  const back = captioner.availability.backAt(nowMs);
  return back < Infinity && (captioner.availability.isDown(nowMs) || back >= nowMs);
}

/** Whether the target would fail the frame again: its last failure was not a temporary one. */
function hasLastingFailure({ failures }: RoutedFrame, { name }: RouteTarget): boolean {
  const last = failures.findLast((failure) => failure instanceof ProviderError && failure.attempt.target === name);
  const errorClass = last === undefined ? undefined : errorClassOf(last);
  return errorClass !== undefined && errorClass !== 'rate_limit' && !consequenceOf(errorClass).unhealthy;
}
