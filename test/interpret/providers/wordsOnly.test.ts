import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { known } from '../../../src/secret.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { request } from '../support/request.ts';

const image = { bytes: new Uint8Array(), mediaType: 'image/png', width: 0, height: 0, sha256: '' } as const;
const keys = known('test', 'k');

describe('a request of words alone', () => {
  it.each([
    ['openai', (url: string) => openai({ model: 'gpt-4o', baseUrl: `${url}/v1`, keys })],
    ['anthropic', (url: string) => anthropic({ model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys })],
    ['gemini', (url: string) => gemini({ model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys })],
  ])('reaches %s without an empty picture', async (_name, make) => {
    const simulator = await startSimulator({ allowText: true });
    const target = make(simulator.url);
    try {
      expect((await firstValueFrom(target(request({ image })))).text).toBe('There is no image to describe.');
    } finally {
      await target.close?.();
      await simulator.close();
    }
  });
});
