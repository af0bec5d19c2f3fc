import { healthyText } from '../faultyServer.ts';
import type { CallResult, Check, Scenario } from './scenario.ts';

/**
 * - pass: a complete answer and all checks (or, where an error is wanted, a bounded clean error and all checks)
 * - partial: complete, but an advisory check failed
 * - safe: no answer, but a bounded clean error and all required checks
 * - fail: a hang, a shortened answer given out as success, or a required check failed
 */
export type Verdict = 'pass' | 'partial' | 'safe' | 'fail';

export const verdicts = ['pass', 'partial', 'safe', 'fail'] as const;

export function judge(
  scenario: Pick<Scenario, 'errorWanted'>,
  results: readonly CallResult[],
  checks: readonly Check[],
  limitMs: number,
): Verdict {
  const hung = results.some(({ ms }) => ms > limitMs);
  const shortened = results.some(({ text }) => text !== undefined && text !== healthyText);
  if (hung || shortened || checks.some(({ ok, advisory }) => !ok && !advisory)) return 'fail';
  const answered = results.every(({ text }) => text !== undefined);
  const advised = checks.every(({ ok }) => ok);
  if (scenario.errorWanted) return answered || !advised ? 'partial' : 'pass';
  if (!answered) return 'safe';
  return advised ? 'pass' : 'partial';
}

/** The worse of two. */
export const worse = (a: Verdict, b: Verdict): Verdict => (verdicts.indexOf(a) > verdicts.indexOf(b) ? a : b);
