import { hash } from 'node:crypto';
import type { CaptionRequest } from './captionRequest.ts';
import type { TargetPlan } from './plan.ts';

/**
 * Identity of what is asked: the picture, the words, the model and the parameters that change its answer. The name of
 * the target, its keys, weights and limits are left out: moving traffic must never pay for the same answer again.
 * 64 hex digits.
 */
export const requestHash = (
  request: Pick<CaptionRequest, 'image' | 'prompt'>,
  plan: Pick<TargetPlan, 'provider' | 'model' | 'params'>,
): string => hash('sha256', `${request.image.sha256}\n${request.prompt.hash}\n${plan.provider}/${plan.model}\n${paramsText(plan.params)}`);

/** Order of keys does not matter: `{a, b}` and `{b, a}` ask the same. */
function paramsText(params: Readonly<Record<string, unknown>>): string {
  const known = texts.get(params);
  if (known !== undefined) return known;
  const text = JSON.stringify(sorted(params));
  texts.set(params, text);
  return text;
}

const texts = new WeakMap<object, string>();

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, sorted(field)]));
};
