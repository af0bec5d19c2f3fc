import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anthropic } from '../../../src/interpret/providers/anthropic.ts';
import { gemini } from '../../../src/interpret/providers/gemini.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import type { Target } from '../../../src/interpret/upstream/target/target.ts';
import { known } from '../../../src/secret.ts';
import type { FaultName } from '../../../src/sim/faults/faultNames.ts';
import { type Simulator, startSimulator } from '../../../src/sim/simulator.ts';
import { picture } from '../support/pictures.ts';
import { request } from '../support/request.ts';

let sim: Simulator;
beforeAll(async () => {
  sim = await startSimulator();
});
afterAll(async () => sim.close());

const shared = { keys: known('k', 'secret'), deadlines: { headersMs: 200, idleMs: 200, totalMs: 1_000 } };
const vendors: Readonly<Record<string, (url: string) => Target>> = {
  openai: (url) => openai({ model: 'gpt-4o', baseUrl: `${url}/v1`, ...shared }),
  anthropic: (url) => anthropic({ model: 'claude-haiku-4-5', baseUrl: `${url}/v1`, ...shared }),
  gemini: (url) => gemini({ model: 'gemini-2.5-pro', baseUrl: `${url}/v1beta`, ...shared }),
};

/** What each vendor's way to fail is understood as; one word where all three mean the same. */
const meanings: readonly [FaultName, string | readonly [openai: string, anthropic: string, gemini: string]][] = [
  ['rate_limit', 'rate_limit'],
  ['quota_spent', 'quota'],
  ['quota_daily', ['rate_limit', 'rate_limit', 'quota']],
  ['shared_capacity', 'rate_limit'],
  ['overloaded', 'overloaded'],
  ['server_error', 'transient'],
  ['bad_gateway', 'transient'],
  ['unavailable', 'transient'],
  ['gateway_timeout', 'transient'],
  ['request_timeout', 'transient'],
  ['caller_fault', 'caller_fault'],
  ['unprocessable', 'caller_fault'],
  ['too_large', 'too_large'],
  ['conflict', 'conflict'],
  ['bad_request_empty', 'unknown'],
  ['bad_request_html', 'unknown'],
  ['credential', 'credential'],
  ['credential_as_400', 'credential'],
  ['credit_balance', 'quota'],
  ['model_gone', 'model_gone'],
  ['model_gone_as_400', 'model_gone'],
  ['permission', 'permission'],
  ['model_access', 'model_access'],
  ['region_blocked', 'region_blocked'],
  ['throttling_as_400', 'rate_limit'],
  ['context_length', 'context_length'],
  ['content_policy', 'blocked'],
  ['image_size_as_429', 'caller_fault'],
  ['unknown_field', 'unknown'],
  ['unsupported_media', 'unknown'],
  ['error_array', 'transient'],
  ['refusal', ['refused', 'refused', 'blocked']],
  ['blocked', ['blocked', 'refused', 'blocked']],
  ['truncated', 'ok'],
  ['truncated_empty', 'truncated'],
  ['empty', 'malformed'],
  ['malformed', 'malformed'],
  ['html_as_200', 'malformed'],
  ['no_caption', 'malformed'],
  ['error_as_200', 'transient'],
  ['no_usage', 'ok'],
  ['reset', 'transient'],
  ['stall', 'timeout'],
  ['stall_after_headers', 'timeout'],
  ['cut_body', 'transient'],
  ['stall_in_body', 'timeout'],
  ['open_end', 'ok'],
];

it.each(meanings)('%s is understood in every API', async (fault, meaning) => {
  const image = await picture(1);
  const heard: string[] = [];
  for (const [name, make] of Object.entries(vendors)) {
    sim.change(name, { faults: [{ fault }] });
    const target = make(sim.urls[name]!);
    const asked = request({ image });
    await firstValueFrom(target(asked)).catch(() => {});
    await target.close?.();
    expect(asked.route).toHaveLength(1);
    heard.push(asked.route[0]!.outcome);
  }
  expect(heard).toEqual(typeof meaning === 'string' ? [meaning, meaning, meaning] : meaning);
});
