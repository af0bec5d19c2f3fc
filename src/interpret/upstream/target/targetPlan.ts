import { costUsd } from '../../pricing/costUsd.ts';
import { imageTokens } from '../../pricing/imageTokens.ts';
import { type ModelFacts, unknownModel } from '../../pricing/modelFacts.ts';
import type { Price } from '../../pricing/price.ts';
import type { Plan, TargetPlan } from '../../plan.ts';
import type { ApiCodec } from '../apiCodec.ts';
import type { UpstreamSettings } from '../upstreamOptions.ts';

/** What is asked, apart from how it is carried. */
export type ApiFacts = Pick<ApiCodec, 'provider' | 'params' | 'lowDetail' | 'modelFacts' | 'reaches'>;

/** The longest answer that a worst case is estimated for, where the prompt does not say. */
const ANSWER_TOKENS = 1_024;

/** The plan of a target alone, under the name that it has. */
export function targetPlan(
  name: string,
  api: ApiFacts,
  settings: UpstreamSettings,
  facts: ModelFacts,
  price: () => Price | undefined,
): Plan & { readonly targets: readonly [TargetPlan] } {
  const { model, limits = {}, keys = [] } = settings;
  const perKey = keys.length > 1 ? ' for each key' : '';
  const target: TargetPlan = {
    target: name,
    provider: api.provider,
    model,
    params: api.params,
    ...(api.reaches && { reaches: api.reaches }),
    limits: Object.entries(limits).flatMap(([kind, amount]) => (amount === undefined ? [] : [`${amount} ${readable(kind)}${perKey}`])),
    worstCostUsd({ width, height }, promptTokens, outputTokens = ANSWER_TOKENS) {
      const input = imageTokens(facts.image, width, height, api.lowDetail) + promptTokens;
      const now = price();
      return now ? costUsd(now, { input, cachedInput: 0, cacheWrite: 0, output: outputTokens + (facts.thinkingTokens ?? 0) }) : null;
    },
    missingKeys: () => keys.flatMap((key) => key.missing() ?? []),
  };
  return { targets: [target], paths: [{ share: 1, order: [name] }], notes: notesOf(name, model, facts, price) };
}

/** What people should know of a target before it is asked. */
function notesOf(name: string, model: string, facts: ModelFacts, price: () => Price | undefined): string[] {
  const notes: string[] = [];
  if (facts === unknownModel) notes.push(`${name}: ${model} is not in the table of models; its image tokens are guessed`);
  if (!price()) notes.push(`${name}: no price is known for ${model}; its cost is null in records`);
  if (facts.minSide !== undefined) notes.push(`${name}: ${model} sees less in pictures with an edge under ${facts.minSide} pixels`);
  return notes;
}

/** `inputTokensPerMinute` as people say it. */
const readable = (kind: string): string => kind.replace('PerMinute', '/min').replace('Tokens', ' tokens');
