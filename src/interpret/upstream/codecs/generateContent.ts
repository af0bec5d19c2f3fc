import type { CaptionRequest } from '../../captionRequest.ts';
import { factsOf } from '../../pricing/factsOf.ts';
import type { ApiCodec } from '../apiCodec.ts';
import type { Thinking } from '../thinking.ts';
import { IMAGE } from '../requestBody.ts';
import type { Reading } from '../transport.ts';

/**
 * Gemini's generateContent, on AI Studio and on Vertex.
 *
 *   POST .../models/MODEL:generateContent
 *   {systemInstruction: {parts: [{text}]}, contents: [{role: user, parts: [{inlineData: {mimeType, data}}, {text}]}],
 *    generationConfig: {maxOutputTokens, temperature, mediaResolution, thinkingConfig, responseMimeType, responseJsonSchema}}
 *   {candidates: [{finishReason, content: {parts: [{text, thought}]}}], promptFeedback: {blockReason}, modelVersion,
 *    usageMetadata: {promptTokenCount, cachedContentTokenCount, candidatesTokenCount, thoughtsTokenCount}}
 */
export interface GenerateContentOptions {
  readonly model: string;
  readonly temperature?: number | undefined;
  readonly mediaResolution: 'low' | 'medium' | 'default';
  readonly thinking: Thinking;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export function generateContent({
  model,
  temperature,
  mediaResolution,
  thinking,
  params,
}: GenerateContentOptions): Pick<ApiCodec, 'path' | 'body' | 'read' | 'params' | 'lowDetail'> {
  const facts = factsOf(model);
  const generation = {
    ...(temperature !== undefined && { temperature }),
    ...(mediaResolution !== 'default' && { mediaResolution: `MEDIA_RESOLUTION_${mediaResolution.toUpperCase()}` }),
    ...(thinking === 'least' && facts.leastThinking),
  };
  return {
    path: `/models/${model}:generateContent`,
    body: ({ image, prompt }: CaptionRequest) => ({
      systemInstruction: { parts: [{ text: prompt.system }] },
      contents: [{ role: 'user', parts: [{ inlineData: { mimeType: image.mediaType, data: IMAGE } }, { text: prompt.user }] }],
      generationConfig: {
        maxOutputTokens: prompt.maxOutputTokens + (facts.thinkingTokens ?? 0),
        ...(prompt.schema && { responseMimeType: 'application/json', responseJsonSchema: prompt.schema }),
        ...generation,
      },
      ...params,
    }),
    read,
    params: { ...generation, ...params },
    lowDetail: mediaResolution === 'low',
  };
}

interface GenerateContentReply {
  readonly modelVersion?: string;
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly candidates?: readonly {
    readonly finishReason?: string;
    readonly content?: { readonly parts?: readonly { readonly text?: string; readonly thought?: boolean }[] };
  }[];
  readonly usageMetadata?: {
    readonly promptTokenCount: number;
    readonly cachedContentTokenCount?: number;
    readonly candidatesTokenCount?: number;
    readonly thoughtsTokenCount?: number;
  };
}

const BLOCKS = /^(SAFETY|PROHIBITED_CONTENT|RECITATION|SPII|BLOCKLIST|LANGUAGE|IMAGE_SAFETY|OTHER)$/;

/** Thoughts are counted apart from the answer but billed as output. */
function read(json: unknown): Reading {
  const { candidates, promptFeedback, modelVersion, usageMetadata } = json as GenerateContentReply;
  const candidate = candidates?.[0];
  const text = (candidate?.content?.parts ?? []).map(({ text: part = '', thought }) => (thought ? '' : part)).join('');
  const finish = candidate?.finishReason ?? '';
  const shared = { text, model: modelVersion, usage: usageMetadata && usageOf(usageMetadata) };
  if (promptFeedback?.blockReason) return { ...shared, failure: { class: 'blocked', reason: `blockReason ${promptFeedback.blockReason}` } };
  if (BLOCKS.test(finish)) return { ...shared, failure: { class: 'blocked', reason: `finishReason ${finish}` } };
  if (!candidate) throw new TypeError('no candidate');
  if (finish !== 'MAX_TOKENS') return shared;
  const spent = 'MAX_TOKENS left no text: thinking used the budget';
  return text.trim() === '' ? { ...shared, failure: { class: 'truncated', reason: spent } } : { ...shared, truncated: true };
}

function usageOf(usage: NonNullable<GenerateContentReply['usageMetadata']>): NonNullable<Reading['usage']> {
  const cachedInput = usage.cachedContentTokenCount ?? 0;
  return {
    input: usage.promptTokenCount - cachedInput,
    cachedInput,
    cacheWrite: 0,
    output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
  };
}
