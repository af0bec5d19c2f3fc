import { createOpenAI } from '@ai-sdk/openai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { aiSdk } from '../../../src/interpret/providers/aiSdk.ts';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { azureOpenai } from '../../../src/interpret/providers/azureOpenai.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { openaiCompatible } from '../../../src/interpret/providers/openaiCompatible.ts';
import { vertex } from '../../../src/interpret/providers/vertex.ts';
import { pluginsIn } from '../../support/pluginsIn.ts';
import { type ProviderRig, describeProvider } from '../provider.contract.ts';
import { chatAnswer } from '../support/stubServer.ts';

const folder = mkdtempSync(join(tmpdir(), 'saccade-providers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Credentials whose token comes from `/token` of the server. */
function credentials(url: string): string {
  const [subject, file] = [join(folder, 'subject'), join(folder, `${new URL(url).port}.json`)];
  writeFileSync(subject, 'subject-token');
  writeFileSync(
    file,
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: subject },
    }),
  );
  return file;
}

const generated = (text: string): object => ({
  modelVersion: 'gemini-2.5-flash',
  candidates: [{ finishReason: 'STOP', content: { parts: [{ text }] } }],
  usageMetadata: { promptTokenCount: 300, candidatesTokenCount: 20 },
});

const rigs: Readonly<Record<string, ProviderRig>> = {
  openai: { make: (baseUrl, keys) => openai({ model: 'gpt-4o', keys, baseUrl }), answer: chatAnswer },
  'openai by responses': {
    make: (baseUrl, keys) => openai({ model: 'gpt-4o', api: 'responses', keys, baseUrl }),
    answer: (text) => ({
      model: 'gpt-4o',
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
      usage: { input_tokens: 300, output_tokens: 20 },
    }),
  },
  azureOpenai: { make: (baseUrl, keys) => azureOpenai({ model: 'gpt-4o', deployment: 'd', keys, baseUrl }), answer: chatAnswer },
  openaiCompatible: { make: (baseUrl, keys) => openaiCompatible({ model: 'qwen3-vl', keys, baseUrl }), answer: chatAnswer },
  anthropic: {
    make: (baseUrl, keys) => anthropic({ model: 'claude-haiku-4-5', keys, baseUrl }),
    answer: (text) => ({
      model: 'claude-haiku-4-5-20251001',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text }],
      usage: { input_tokens: 300, output_tokens: 20 },
    }),
  },
  gemini: { make: (baseUrl, keys) => gemini({ model: 'gemini-2.5-flash', keys, baseUrl }), answer: generated },
  vertex: {
    make: (baseUrl) => vertex({ model: 'gemini-2.5-flash', project: 'p', credentials: credentials(baseUrl), baseUrl }),
    answer: generated,
    hasOwnKeys: true,
  },
  aiSdk: {
    make: (baseURL) => aiSdk(createOpenAI({ apiKey: 'own', baseURL }).chat('gpt-4o')),
    answer: (text) => ({ id: 'c', created: 1, object: 'chat.completion', ...chatAnswer(text) }),
    hasOwnKeys: true,
  },
};

for (const [name, rig] of Object.entries(rigs)) describeProvider(name, rig);

it('none is left out but motion, which calls no upstream and has tests of its own', () => {
  expect(new Set([...Object.keys(rigs).map((name) => name.split(' ')[0]!), 'motion'])).toEqual(
    pluginsIn('interpret/providers', 'describeProvider'),
  );
});
