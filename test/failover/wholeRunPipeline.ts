import { anthropic, definePipeline, gemini, jsonl, mixed, openai, polarity, route, synthetic } from '../../src/index.ts';
import { envs } from '../../src/secret.ts';
import { promptWords } from './secretWords.ts';

/** A whole pipeline against a simulator of another process; for the test that reads everything it writes. */
const { FAULTS_URL: url = 'http://127.0.0.1:9', FAULTS_OUT: out = 'out/faults' } = process.env;
const usual = { deadlines: { headersMs: 5_000, idleMs: 5_000 } };

export default definePipeline({
  name: 'faults',
  source: synthetic({ seconds: 6, corruptEvery: 50 }),
  window: mixed({ everyMs: 33, orEvents: 20_000 }),
  renderer: polarity({ palette: 'dark', longSide: 256 }),
  captioner: route({
    targets: {
      gpt: openai({ ...usual, model: 'gpt-4o', baseUrl: `${url}/v1`, keys: envs('FAULTS_KEY_1', 'FAULTS_KEY_2') }),
      claude: anthropic({ ...usual, model: 'claude-3-7-sonnet-20250219', baseUrl: `${url}/v1`, keys: envs('FAULTS_KEY_3') }),
      gemini: gemini({ ...usual, model: 'gemini-2.5-flash', baseUrl: `${url}/v1beta`, keys: envs('FAULTS_KEY_4') }),
    },
    weights: { gpt: 0.5, claude: 0.3, gemini: 0.2 },
    fallbacks: { gpt: ['claude', 'gemini'], claude: ['gpt', 'gemini'], gemini: ['gpt', 'claude'] },
    backoffMs: 50,
  }),
  prompt: {
    name: 'secretPrompt',
    params: {},
    version: '1',
    ask: () => ({ system: promptWords, user: promptWords, maxOutputTokens: 300, hash: '0123456789abcdef' }),
  },
  sink: jsonl({ path: `${out}/captions.jsonl` }),
  deadLetters: jsonl({ path: `${out}/dead-letters.jsonl` }),
});
