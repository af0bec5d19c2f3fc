import type { SimulatedCompletion, CompletionRequest } from '../api/vendorApi.ts';
import type { ImageAnalysis } from '../image/analyseImage.ts';
import { memo } from '../support/memo.ts';
import { describe } from './describe.ts';
import { describeInSchema } from './describeInSchema.ts';
import { familyOf, simulatedTextTokens } from './modelFamily.ts';

const captions = memo<string>(20_000);

/** The model's answer to a request, and the tokens that it takes. `analysis` is null for a request without an image. */
export function generate(request: CompletionRequest, analysis: ImageAnalysis | null, sha256: string): SimulatedCompletion {
  const { model, schema, maxTokens } = request;
  const { imageTokens: tokensOf, usualThinking, leastThinking } = familyOf(model);
  const whole = analysis ? captionOf(analysis, sha256, model, schema) : 'There is no image to describe.';
  const thoughtTokens = Math.max(leastThinking, Math.min(request.thinkingBudget ?? usualThinking, usualThinking));
  const imageTokens = analysis ? tokensOf(analysis.width, analysis.height, request.images[0]!.detail) * request.images.length : 0;
  const inputTokens = imageTokens + simulatedTextTokens(model, request.text);
  // Thinking counts against the limit too; it may leave nothing for the text.
  const room = Math.max(0, maxTokens - thoughtTokens);
  const wanted = simulatedTextTokens(model, whole);
  const tokens = { inputTokens, imageTokens, thoughtTokens: Math.min(thoughtTokens, maxTokens) };
  if (wanted <= room) return { ...tokens, text: whole, outputTokens: wanted, finish: 'stop' };
  return { ...tokens, text: beginning(whole, room / wanted), outputTokens: room, finish: 'length' };
}

const captionOf = (analysis: ImageAnalysis, sha256: string, model: string, schema: CompletionRequest['schema']): string =>
  schema
    ? captions(`${sha256} ${model} ${JSON.stringify(schema)}`, () => describeInSchema(schema, analysis, sha256, model))
    : captions(`${sha256} ${model}`, () => describe(analysis, sha256, model));

/** The first part of a text. @param share 0..1 */
export const beginning = (text: string, share: number): string => text.slice(0, Math.floor(text.length * share));
