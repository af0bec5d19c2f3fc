import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { factsOf } from '../pricing/factsOf.ts';
import type { ApiCodec } from '../upstream/apiCodec.ts';
import { IMAGE } from '../upstream/requestBody.ts';
import type { Reading } from '../upstream/transport.ts';
import { checkTemperature } from '../upstream/checkTemperature.ts';
import { type Thinking, thinkingOption } from '../upstream/thinking.ts';
import { type Target, httpTarget } from '../upstream/target/target.ts';
import { type UpstreamOptions, upstreamFields } from '../upstream/upstreamOptions.ts';

export interface AnthropicOptions extends UpstreamOptions {
  /** `least`: as little as the model can, since its thoughts are billed as output. @default 'least' */
  thinking?: Thinking;
}

const schema = z.strictObject({ ...upstreamFields, thinking: thinkingOption });

/**
 * Anthropic, messages.
 *
 *   POST /messages    x-api-key: KEY, anthropic-version: 2023-06-01
 *   {model, max_tokens, system, messages: [user: [image{source: {type: base64, media_type, data}}, text]]}
 *   {model, stop_reason, content: [{type: text, text}], usage: {input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens}}
 */
export function anthropic(options: AnthropicOptions): Target {
  const settings = readOptions('anthropic', schema, options);
  checkTemperature('anthropic', settings.model, settings.temperature);
  return httpTarget(messagesCodec(settings), options);
}

function messagesCodec({ model, temperature, thinking, params }: z.output<typeof schema>): ApiCodec {
  const facts = factsOf(model);
  const fixed = { ...(temperature !== undefined && { temperature }), ...(thinking === 'least' && facts.leastThinking), ...params };
  return {
    provider: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    path: '/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    authorise: (key): Record<string, string> => (key ? { 'x-api-key': key.read() } : {}),
    body: ({ image, prompt }) => ({
      model,
      max_tokens: prompt.maxOutputTokens,
      system: prompt.system,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: image.mediaType, data: IMAGE } },
            { type: 'text', text: prompt.user },
          ],
        },
      ],
      ...(prompt.schema && facts.structured && { output_config: { format: { type: 'json_schema', schema: prompt.schema } } }),
      ...fixed,
    }),
    read,
    params: fixed,
  };
}

interface MessagesReply {
  readonly model?: string;
  readonly stop_reason?: string | null;
  readonly stop_details?: { readonly category?: string } | null;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly usage?: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_input_tokens?: number | null;
    readonly cache_creation_input_tokens?: number | null;
  };
}

/** `input_tokens` leaves out what was read from or written to the prompt cache. */
function read(json: unknown): Reading {
  const { content, model, usage, stop_reason: stop, stop_details: details } = json as MessagesReply;
  const text = content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
  const shared = {
    text,
    model,
    usage: usage && {
      input: usage.input_tokens,
      cachedInput: usage.cache_read_input_tokens ?? 0,
      cacheWrite: usage.cache_creation_input_tokens ?? 0,
      output: usage.output_tokens,
    },
  };
  if (stop === 'refusal')
    return { ...shared, failure: { class: 'refused', reason: `stop_reason refusal${details?.category ? `, ${details.category}` : ''}` } };
  if (stop !== 'max_tokens') return shared;
  return text.trim() === ''
    ? { ...shared, failure: { class: 'truncated', reason: 'max_tokens left no text' } }
    : { ...shared, truncated: true };
}
