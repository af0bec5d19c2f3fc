import { factsOf } from '../../pricing/factsOf.ts';
import type { ApiCodec } from '../apiCodec.ts';
import { IMAGE } from '../requestBody.ts';
import type { Reading } from '../transport.ts';
import type { OpenaiCodecOptions } from './support/openaiCodecOptions.ts';

interface ChatCompletionsOptions extends OpenaiCodecOptions {
  /** `max_tokens` is the old name, which imitators know. */
  readonly limitField?: 'max_completion_tokens' | 'max_tokens';
}

/**
 * OpenAI, chat completions, which many servers imitate.
 *
 *   POST /chat/completions
 *   {model, messages: [system, user: [text, image_url{url: data:image/png;base64,..., detail}]], max_completion_tokens, ...}
 *   {model, choices: [{finish_reason, message: {content, refusal}}], usage: {prompt_tokens, completion_tokens, ...}}
 */
export function chatCompletions({
  model,
  temperature,
  detail,
  thinking,
  params,
  limitField = 'max_completion_tokens',
}: ChatCompletionsOptions): Pick<ApiCodec, 'body' | 'read' | 'params' | 'lowDetail'> {
  const facts = factsOf(model);
  const fixed = { ...(temperature !== undefined && { temperature }), ...(thinking === 'least' && facts.leastThinking), ...params };
  return {
    body: ({ image, prompt }) => ({
      model,
      messages: [
        { role: 'system', content: prompt.system },
        {
          role: 'user',
          content: [
            { type: 'text', text: prompt.user },
            { type: 'image_url', image_url: { url: `data:${image.mediaType};base64,${IMAGE}`, ...(detail && { detail }) } },
          ],
        },
      ],
      [limitField]: prompt.maxOutputTokens,
      ...(prompt.schema &&
        facts.structured && {
          response_format: { type: 'json_schema', json_schema: { name: 'caption', strict: true, schema: prompt.schema } },
        }),
      ...fixed,
    }),
    read: readChat,
    params: { ...fixed, ...(detail && { detail }) },
    lowDetail: detail === 'low',
  };
}

/** A reply of OpenAI's chat completions, which many servers imitate; fields they leave out may be absent. */
interface ChatReply {
  readonly model?: string;
  readonly choices: readonly [
    {
      readonly finish_reason?: string | null;
      readonly message: { readonly content?: string | null | readonly { readonly text?: string }[]; readonly refusal?: string | null };
    },
  ];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number } | null;
  } | null;
}

/** A refusal comes with finish `stop`, so the message is looked at before the finish. */
function readChat(json: unknown): Reading {
  const { choices, model, usage } = json as ChatReply;
  const [{ message, finish_reason: finish }] = choices;
  const text = typeof message.content === 'string' ? message.content : (message.content ?? []).map((part) => part.text ?? '').join('');
  const shared = { text, model, usage: usage ? usageOf(usage) : undefined };
  if (message.refusal) return { ...shared, failure: { class: 'refused', reason: message.refusal.slice(0, 200) } };
  if (finish === 'content_filter') return { ...shared, failure: { class: 'blocked', reason: 'finish_reason content_filter' } };
  if (finish !== 'length') return shared;
  return text.trim() === ''
    ? { ...shared, failure: { class: 'truncated', reason: 'the length limit left no text' } }
    : { ...shared, truncated: true };
}

function usageOf(usage: NonNullable<ChatReply['usage']>): NonNullable<Reading['usage']> {
  const cachedInput = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  return { input: usage.prompt_tokens - cachedInput - cacheWrite, cachedInput, cacheWrite, output: usage.completion_tokens ?? 0 };
}
