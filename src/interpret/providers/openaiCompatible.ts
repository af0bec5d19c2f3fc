import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Target, httpTarget } from '../upstream/target/target.ts';
import { type UpstreamOptions, upstreamFields } from '../upstream/upstreamOptions.ts';
import { chatCompletions } from '../upstream/codecs/chatCompletions.ts';

export interface OpenaiCompatibleOptions extends UpstreamOptions {
  /** Where the server listens, with its version: http://127.0.0.1:11434/v1 */
  baseUrl: string;
  /** Name of the server in records and in the identity of requests. @default 'openaiCompatible' */
  provider?: string;
  /** The field that limits the answer; the old one is known to every server. @default 'max_tokens' */
  limitField?: 'max_tokens' | 'max_completion_tokens';
  /** Further headers, such as a gateway's; no secrets, those belong to `keys`. */
  headers?: Readonly<Record<string, string>>;
}

const schema = z.strictObject({
  ...upstreamFields,
  baseUrl: z.url('must be the address of the server, with its version: http://127.0.0.1:11434/v1'),
  provider: z.string().min(1).default('openaiCompatible'),
  limitField: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  headers: z.record(z.string(), z.string()).optional(),
});

/** Any server with OpenAI's chat completions: vLLM, Ollama, llama.cpp, OpenRouter, LiteLLM, Portkey, Bifrost. The key is optional. */
export function openaiCompatible(options: OpenaiCompatibleOptions): Target {
  const settings = readOptions('openaiCompatible', schema, options);
  const { provider, baseUrl, headers = {} } = settings;
  return httpTarget(
    {
      ...chatCompletions({ ...settings, thinking: 'default' }),
      path: '/chat/completions',
      provider,
      baseUrl,
      headers,
      authorise: (key): Record<string, string> => (key ? { authorization: `Bearer ${key.read()}` } : {}),
    },
    options,
  );
}
