import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { checkTemperature } from '../upstream/checkTemperature.ts';
import { type Thinking, thinkingOption } from '../upstream/thinking.ts';
import { type Target, httpTarget } from '../upstream/target/target.ts';
import { type UpstreamOptions, upstreamFields } from '../upstream/upstreamOptions.ts';
import { generateContent } from '../upstream/codecs/generateContent.ts';

export interface GeminiOptions extends UpstreamOptions {
  /** How closely the picture is looked at. Gemini 3 bills about 1,090 tokens for a picture of any size unless asked for `low`. @default 'low' */
  mediaResolution?: 'low' | 'medium' | 'default';
  /** `least`: as little as the model can, since its thoughts are billed as output. @default 'least' */
  thinking?: Thinking;
}

const schema = z.strictObject({
  ...upstreamFields,
  mediaResolution: z.enum(['low', 'medium', 'default']).default('low'),
  thinking: thinkingOption,
});

/** Gemini on AI Studio; x-goog-api-key carries the key. See upstream/codecs/generateContent.ts for the bytes. */
export function gemini(options: GeminiOptions): Target {
  const settings = readOptions('gemini', schema, options);
  checkTemperature('gemini', settings.model, settings.temperature);
  const codec = {
    ...generateContent(settings),
    provider: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    authorise: (key: { read(): string } | undefined): Record<string, string> => (key ? { 'x-goog-api-key': key.read() } : {}),
  };
  return httpTarget(codec, options);
}
