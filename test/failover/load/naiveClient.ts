import { setTimeout as sleep } from 'node:timers/promises';
import { type Observable, from, map } from 'rxjs';
import { Pool } from 'undici';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';

/** Asks the vendors in turn, and again 100 ms after a refusal: two fixed shares, whatever the quotas. */
export function naiveClient(url: string): Captioner {
  const pool = new Pool(url);
  let turn = 0;
  const post = async (path: string, headers: Record<string, string>, body: object): Promise<number> => {
    const reply = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    await reply.body.dump();
    return reply.statusCode;
  };
  const once = async ({ image, prompt }: CaptionRequest): Promise<void> => {
    const data = Buffer.from(image.bytes).toString('base64');
    const user = (part: object): object[] => [{ role: 'user', content: [part, { type: 'text', text: prompt.user }] }];
    const source = { type: 'base64', media_type: image.mediaType, data };
    const status =
      turn++ % 2
        ? await post(
            '/v1/messages',
            { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
            { model: 'claude-3-7-sonnet-20250219', max_tokens: 300, messages: user({ type: 'image', source }) },
          )
        : await post(
            '/v1/chat/completions',
            { authorization: 'Bearer k' },
            { model: 'gpt-4o', messages: user({ type: 'image_url', image_url: { url: `data:${image.mediaType};base64,${data}` } }) },
          );
    if (status === 200) return;
    await sleep(100);
    throw new Error(`status ${status}`);
  };
  const ask = (asked: CaptionRequest): Observable<Answer> => from(once(asked)).pipe(map(() => noAnswer));
  return makeCaptioner(ask, { targets: [], paths: [], notes: [] }, async () => await pool.close());
}

const noAnswer: Answer = {
  text: 'x',
  target: '',
  provider: '',
  model: '',
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  priceDate: '',
  flags: [],
  cache: 'none',
  requestHash: '',
};
