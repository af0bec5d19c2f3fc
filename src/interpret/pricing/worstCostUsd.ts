import type { CaptionRequest } from '../captionRequest.ts';
import type { TargetPlan } from '../plan.ts';
import { textTokens } from './textTokens.ts';

/** What a picture may cost above its estimate. */
const MARGIN = 1.25;
/** Tokens around the words of a prompt. */
const FRAME_TOKENS = 64;

/**
 * The worst-case cost of one call in USD, 0 where the price is not known. Text may take twice the tokens that are expected of it,
 * and a picture a quarter more: then a cap still holds.
 */
export const worstCostUsd = (plan: TargetPlan, { image, prompt }: Pick<CaptionRequest, 'image' | 'prompt'>): number =>
  MARGIN * (plan.worstCostUsd(image, FRAME_TOKENS + 2 * textTokens(prompt.system, prompt.user), prompt.maxOutputTokens) ?? 0);
