import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { checkTemperature } from '../upstream/checkTemperature.ts';
import { type ImageDetail, imageDetailOption } from '../upstream/imageDetail.ts';
import { type Thinking, thinkingOption } from '../upstream/thinking.ts';
import { type Target, httpTarget } from '../upstream/target/target.ts';
import { type UpstreamOptions, upstreamFields } from '../upstream/upstreamOptions.ts';
import { chatCompletions } from '../upstream/codecs/chatCompletions.ts';
import { responses } from '../upstream/codecs/responses.ts';

export interface OpenaiOptions extends UpstreamOptions {
  /** Which of OpenAI's two APIs. @default 'chat' */
  api?: 'chat' | 'responses';
  /** How closely the picture is looked at. @default 'low': event frames hold little that more tokens would show */
  detail?: ImageDetail;
  /** `least`: as little as the model can, since its thoughts are billed as output. @default 'least' */
  thinking?: Thinking;
}

const schema = z.strictObject({
  ...upstreamFields,
  api: z.enum(['chat', 'responses']).default('chat'),
  detail: imageDetailOption,
  thinking: thinkingOption,
});

/**
 * OpenAI, by chat completions or by responses.
 *
 *   POST /chat/completions    Authorization: Bearer KEY
 *   {model, messages: [system, user: [text, image_url{url: data:image/png;base64,..., detail}]], max_completion_tokens, ...}
 *   {model, choices: [{finish_reason, message: {content, refusal}}], usage: {prompt_tokens, completion_tokens, ...}}
 */
export function openai(options: OpenaiOptions): Target {
  const settings = readOptions('openai', schema, options);
  checkTemperature('openai', settings.model, settings.temperature);
  const codec = settings.api === 'responses' ? responses(settings) : { ...chatCompletions(settings), path: '/chat/completions' };
  return httpTarget(
    {
      ...codec,
      provider: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      authorise: (key): Record<string, string> => (key ? { authorization: `Bearer ${key.read()}` } : {}),
    },
    options,
  );
}
