import type { Captioner } from '../../../src/interpret/captioner.ts';
import { route } from '../../../src/interpret/combinators/route.ts';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { known } from '../../../src/secret.ts';

export const gpt = (url: string, more: object = {}): Captioner =>
  openai({ model: 'gpt-4o', baseUrl: `${url}/v1`, keys: known('a', 'sk-a'), ...more });
const claude = (url: string): Captioner =>
  anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys: known('b', 'sk-b') });

/** Half and half, each the other's fallback: the weights ask for more than the second quota allows. */
export const twoVendors = (url: string, limits: { openai?: object } = {}): Captioner =>
  route({
    targets: { gpt: gpt(url, limits.openai ? { limits: limits.openai } : {}), claude: claude(url) },
    weights: { gpt: 0.5, claude: 0.5 },
    fallbacks: { gpt: ['claude'], claude: ['gpt'] },
  });
