import { describe, describeAs } from './describe.ts';
import type { Sight } from './look.ts';
import { familyOf, textTokens } from './modelFamily.ts';
import { recall } from './recall.ts';
import type { Posed, Said } from './wire.ts';

const spoken = recall<string>(20_000);

/** What the model says to this, and how many tokens that takes. `sight` is null for a request without image. */
export function say(posed: Posed, sight: Sight | null, sha256: string): Said {
  const { model, schema, maxTokens } = posed;
  const { imageTokens: tokensOf, usualThinking, leastThinking } = familyOf(model);
  const whole = sight ? captionOf(sight, sha256, model, schema) : 'There is no image to describe.';
  const thoughtTokens = Math.max(leastThinking, Math.min(posed.thinkingBudget ?? usualThinking, usualThinking));
  const imageTokens = sight ? tokensOf(sight.width, sight.height, posed.images[0]!.detail) * posed.images.length : 0;
  const inputTokens = imageTokens + textTokens(model, posed.text);
  // Thinking counts against the limit too; it may leave nothing for the text.
  const room = Math.max(0, maxTokens - thoughtTokens);
  const wanted = textTokens(model, whole);
  const said = { inputTokens, imageTokens, thoughtTokens: Math.min(thoughtTokens, maxTokens) };
  if (wanted <= room) return { ...said, text: whole, outputTokens: wanted, finish: 'stop' };
  return { ...said, text: cut(whole, room / wanted), outputTokens: room, finish: 'length' };
}

const captionOf = (sight: Sight, sha256: string, model: string, schema: Posed['schema']): string =>
  schema
    ? spoken(`${sha256} ${model} ${JSON.stringify(schema)}`, () => describeAs(schema, sight, sha256, model))
    : spoken(`${sha256} ${model}`, () => describe(sight, sha256, model));

export const cut = (text: string, share: number): string => text.slice(0, Math.floor(text.length * share));
