import { createOpenAI } from '@ai-sdk/openai';
import { LLMock } from '@copilotkit/aimock';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aiSdk } from '../../../src/interpret/providers/aiSdk.ts';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { azureOpenai } from '../../../src/interpret/providers/azureOpenai.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { openaiCompatible } from '../../../src/interpret/providers/openaiCompatible.ts';
import { vertex } from '../../../src/interpret/providers/vertex.ts';
import type { Target } from '../../../src/interpret/upstream/target/target.ts';
import { known } from '../../../src/secret.ts';
import { type Simulator, startSimulator } from '../../../src/sim/simulator.ts';
import { picture } from '../support/pictures.ts';
import { request } from '../support/request.ts';
import { json, stubServer } from '../support/stubServer.ts';

const keys = known('k', 'secret');

const answered = async (target: Target, asked = request()) => {
  try {
    return { answer: await firstValueFrom(target(asked)).catch((error: unknown) => error as Error), route: asked.route };
  } finally {
    await target.close?.();
  }
};

describe('against the simulator', () => {
  let sim: Simulator;
  beforeAll(async () => {
    sim = await startSimulator();
  });
  afterAll(async () => sim.close());

  const apis: readonly [string, (url: string) => Target][] = [
    ['openai by chat', (url) => openai({ model: 'gpt-4o', keys, baseUrl: `${url}/v1` })],
    ['openai by responses', (url) => openai({ model: 'gpt-4o', api: 'responses', keys, baseUrl: `${url}/v1` })],
    ['azureOpenai', (url) => azureOpenai({ model: 'gpt-4o', deployment: 'gpt-4o', keys, baseUrl: url })],
    ['openaiCompatible', (url) => openaiCompatible({ model: 'gpt-4o', keys, baseUrl: `${url}/v1` })],
    ['aiSdk', (url) => aiSdk(createOpenAI({ apiKey: 'secret', baseURL: `${url}/v1` }).chat('gpt-4o'))],
  ];

  it.each(apis)('%s: the picture arrives whole, and tokens and cost are the upstream’s', async (_, make) => {
    const image = await picture(7);
    sim.change('openai', { faults: [] });
    sim.journal.clear();
    const { answer, route } = await answered(make(sim.urls['openai']!), request({ image }));
    const [entry] = sim.journal.of(image.sha256);
    expect(answer).toMatchObject({ text: expect.stringMatching(/\w+/), model: expect.stringMatching(/^gpt-4o/) });
    expect(entry).toMatchObject({ outcome: 'ok', inputTokens: route[0]!.inputTokens, outputTokens: route[0]!.outputTokens });
    expect(route[0]!.costUsd).toBeCloseTo(entry!.costUsd, 9);
  });

  it.each(apis)('%s: refusals, blocks and rate limits are distinguished', async (_, make) => {
    const image = await picture(8);
    const outcomes: string[] = [];
    for (const fault of ['content_policy', 'rate_limit', 'quota_spent', 'malformed', 'reset'] as const) {
      sim.change('openai', { faults: [{ fault }] });
      outcomes.push((await answered(make(sim.urls['openai']!), request({ image }))).route[0]!.outcome);
    }
    expect(outcomes).toEqual(['blocked', 'rate_limit', 'quota', 'malformed', 'transient']);
  });
});

it('vertex asks Google for a token once, and sends it to the project’s model', async () => {
  await using server = await stubServer((response, { path }) =>
    path === '/token'
      ? json(response, 200, {
          access_token: 'ya29.token',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'Bearer',
          expires_in: 3600,
        })
      : json(response, 200, {
          candidates: [{ finishReason: 'STOP', content: { parts: [{ text: 'A disc.' }] } }],
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3 },
        }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'saccade-vertex-'));
  await writeFile(join(folder, 'subject'), 'subject-token');
  const credentials = join(folder, 'account.json');
  await writeFile(
    credentials,
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${server.url}/token`,
      credential_source: { file: join(folder, 'subject') },
    }),
  );
  const target = vertex({
    model: 'gemini-2.5-flash',
    project: 'p',
    location: 'europe-west4',
    credentials,
    baseUrl: `${server.url}/v1/projects/p/locations/europe-west4/publishers/google`,
  });
  for (let n = 0; n < 2; n++) expect(await firstValueFrom(target(request()))).toMatchObject({ text: 'A disc.', provider: 'vertex' });
  const calls = server.seen.filter(({ path }) => path !== '/token');
  expect(server.seen.length - calls.length).toBe(1);
  expect(calls).toHaveLength(2);
  expect(calls[1]!.path).toBe('/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent');
  expect(calls[1]!.headers.authorization).toBe('Bearer ya29.token');
  await target.close?.();
  await rm(folder, { recursive: true });
});

describe('against a mock server that this project did not write', () => {
  const mock = new LLMock({ port: 0 });
  beforeAll(async () => {
    mock.onMessage(/Describe/, { content: 'A square moves up.' });
    await mock.start();
  });
  afterAll(async () => mock.stop());

  it.each([
    ['openai', () => openai({ model: 'gpt-4o', keys, baseUrl: `${mock.url}/v1` })],
    ['openai by responses', () => openai({ model: 'gpt-4o', api: 'responses', keys, baseUrl: `${mock.url}/v1` })],
    ['anthropic', () => anthropic({ model: 'claude-haiku-4-5', keys, baseUrl: `${mock.url}/v1` })],
    ['gemini', () => gemini({ model: 'gemini-2.5-flash', keys, baseUrl: `${mock.url}/v1beta` })],
  ] as [string, () => Target][])('%s gets its answer', async (_, make) => {
    const { answer, route } = await answered(make());
    expect(answer).toMatchObject({ text: 'A square moves up.' });
    expect(route).toMatchObject([{ outcome: 'ok', status: 200 }]);
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
describe.skipIf(!hasOpenssl)('an upstream with a certificate of its own (needs openssl)', () => {
  let folder: string;
  let sim: Simulator;
  let ca: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saccade-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    );
    ca = await readFile(cert, 'utf8');
    sim = await startSimulator({ tls: { key: await readFile(key, 'utf8'), cert: ca } });
  });
  afterAll(async () => {
    await sim.close();
    await rm(folder, { recursive: true });
  });

  it('is spoken to where its authority is given, and is a broken connection where it is not', async () => {
    const image = await picture(9);
    const baseUrl = `${sim.urls['openai']}/v1`;
    const trusted = await answered(openai({ model: 'gpt-4o', keys, baseUrl, ca }), request({ image }));
    expect(trusted.route).toMatchObject([{ outcome: 'ok' }]);
    const untrusted = await answered(openai({ model: 'gpt-4o', keys, baseUrl }), request({ image }));
    expect(untrusted.route).toMatchObject([{ outcome: 'transient', status: 0, reason: expect.stringMatching(/SELF_SIGNED|self-signed/i) }]);
  });
});
