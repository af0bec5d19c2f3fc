import { z } from 'zod';
import { readOptions } from '../../options.ts';
import type { CaptionRequest } from '../captioner.ts';
import { factsOf } from '../estimate.ts';
import { readChat } from '../wires/chat.ts';
import { IMAGE, type Target, type UpstreamOptions, type Wire, checkTemperature, upstream, upstreamFields } from '../upstream.ts';

export interface OpenaiOptions extends UpstreamOptions {
  /** How closely the picture is looked at. @default 'low': event frames hold little that more tokens would show */
  detail?: 'auto' | 'low' | 'high' | 'original';
  /** `least`: as little as the model can, since its thoughts are billed as output. @default 'least' */
  thinking?: 'least' | 'default';
}

const schema = z.strictObject({
  ...upstreamFields,
  detail: z.enum(['auto', 'low', 'high', 'original']).default('low'),
  thinking: z.enum(['least', 'default']).default('least'),
});

/**
 * OpenAI, chat completions.
 *
 *   POST /chat/completions    Authorization: Bearer KEY
 *   {model, messages: [system, user: [text, image_url{url: data:image/png;base64,..., detail}]], max_completion_tokens, ...}
 *   {model, choices: [{finish_reason, message: {content, refusal}}], usage: {prompt_tokens, completion_tokens, ...}}
 */
export function openai(options: OpenaiOptions): Target {
  const settings = readOptions('openai', schema, options);
  checkTemperature('openai', settings.model, settings.temperature);
  return upstream(chatWire(settings), options);
}

function chatWire({ model, detail, temperature, thinking, params }: z.output<typeof schema>): Wire {
  const facts = factsOf(model);
  const fixed = { ...(temperature !== undefined && { temperature }), ...(thinking === 'least' && facts.leastThinking), ...params };
  return {
    provider: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    path: '/chat/completions',
    authorise: (key): Record<string, string> => (key ? { authorization: `Bearer ${key.read()}` } : {}),
    body: ({ image, prompt }: CaptionRequest) => ({
      model,
      messages: [
        { role: 'system', content: prompt.system },
        {
          role: 'user',
          content: [
            { type: 'text', text: prompt.user },
            { type: 'image_url', image_url: { url: `data:${image.mediaType};base64,${IMAGE}`, detail } },
          ],
        },
      ],
      max_completion_tokens: prompt.maxOutputTokens,
      ...(prompt.schema &&
        facts.structured && {
          response_format: { type: 'json_schema', json_schema: { name: 'caption', strict: true, schema: prompt.schema } },
        }),
      ...fixed,
    }),
    read: readChat,
    params: { ...fixed, detail },
    lowDetail: detail === 'low',
  };
}
