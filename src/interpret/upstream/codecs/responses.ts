import { factsOf } from '../../pricing/factsOf.ts';
import type { ApiCodec } from '../apiCodec.ts';
import { IMAGE } from '../requestBody.ts';
import type { Reading } from '../transport.ts';
import type { OpenaiCodecOptions } from './support/openaiCodecOptions.ts';

/**
 * OpenAI, responses.
 *
 *   POST /responses
 *   {model, instructions, input: [user: [input_text, input_image{image_url: data:..., detail}]], max_output_tokens, text: {format}, store: false}
 *   {model, status, incomplete_details: {reason}, output: [message: content: [output_text{text} | refusal{refusal}]], usage: {input_tokens, output_tokens}}
 */
export function responses({
  model,
  temperature,
  detail,
  thinking,
  params,
}: OpenaiCodecOptions): Pick<ApiCodec, 'path' | 'body' | 'read' | 'params' | 'lowDetail'> {
  const facts = factsOf(model);
  const effort = thinking === 'least' ? facts.leastThinking?.['reasoning_effort'] : undefined;
  const fixed = { ...(temperature !== undefined && { temperature }), ...(effort !== undefined && { reasoning: { effort } }), ...params };
  return {
    path: '/responses',
    body: ({ image, prompt }) => ({
      model,
      instructions: prompt.system,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: prompt.user },
            { type: 'input_image', image_url: `data:${image.mediaType};base64,${IMAGE}`, ...(detail && { detail }) },
          ],
        },
      ],
      max_output_tokens: prompt.maxOutputTokens,
      store: false,
      ...(prompt.schema &&
        facts.structured && { text: { format: { type: 'json_schema', name: 'caption', strict: true, schema: prompt.schema } } }),
      ...fixed,
    }),
    read,
    params: { ...fixed, ...(detail && { detail }), api: 'responses' },
    lowDetail: detail === 'low',
  };
}

interface ResponsesReply {
  readonly model?: string;
  readonly status?: string;
  readonly incomplete_details?: { readonly reason?: string } | null;
  readonly output: readonly {
    readonly type: string;
    readonly content?: readonly { readonly type: string; readonly text?: string; readonly refusal?: string }[];
  }[];
  readonly usage?: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly input_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number };
  };
}

function read(json: unknown): Reading {
  const { model, status, incomplete_details: incomplete, output, usage } = json as ResponsesReply;
  const parts = output.flatMap(({ type, content }) => (type === 'message' ? (content ?? []) : []));
  const text = parts.map((part) => (part.type === 'output_text' ? (part.text ?? '') : '')).join('');
  const shared = { text, model, usage: usage && usageOf(usage) };
  const refusal = parts.find((part) => part.type === 'refusal')?.refusal;
  if (refusal !== undefined) return { ...shared, failure: { class: 'refused', reason: refusal.slice(0, 200) } };
  if (incomplete?.reason === 'content_filter') return { ...shared, failure: { class: 'blocked', reason: 'incomplete: content_filter' } };
  if (status !== 'incomplete') return shared;
  return text.trim() === ''
    ? { ...shared, failure: { class: 'truncated', reason: 'the length limit left no text' } }
    : { ...shared, truncated: true };
}

function usageOf(usage: NonNullable<ResponsesReply['usage']>): NonNullable<Reading['usage']> {
  const cachedInput = usage.input_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage.input_tokens_details?.cache_write_tokens ?? 0;
  return { input: usage.input_tokens - cachedInput - cacheWrite, cachedInput, cacheWrite, output: usage.output_tokens };
}
