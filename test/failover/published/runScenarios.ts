import { setTimeout as sleep } from 'node:timers/promises';
import { route } from '../../../src/interpret/combinators/route.ts';
import { openai } from '../../../src/interpret/providers/openai.ts';
import { known } from '../../../src/secret.ts';
import { type Form, callRouter, forms } from '../callRouter.ts';
import { type FaultyServer, type ServedAttempt, healthyText, startFaultyServer } from '../faultyServer.ts';
import { type CallResult, type Check, type Profile, type Scenario, fallback, primary } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { type Verdict, judge, verdicts, worse } from './verdict.ts';

export interface FormResult {
  readonly form: Form;
  readonly verdict: Verdict;
  readonly ms: number;
  readonly primaryAttempts: number;
  readonly fallbackAttempts: number;
  /** What was checked and did not hold. */
  readonly failed: readonly string[];
  readonly error?: string | undefined;
}

export interface Row {
  readonly id: string;
  readonly fault: string;
  /** The worst of its forms. */
  readonly verdict: Verdict;
  readonly forms: readonly FormResult[];
  readonly note: string;
}

export interface Scorecard {
  readonly pass: number;
  readonly partial: number;
  readonly safe: number;
  readonly fail: number;
  readonly rows: readonly Row[];
}

/** The router under test: two retries, one fallback that always answers, the profile's time limits; everything else is the default. */
function underTest(url: string, { headersMs, idleMs }: Profile): ReturnType<typeof route> {
  const target = (model: string): ReturnType<typeof openai> =>
    openai({
      model,
      baseUrl: `${url}/v1`,
      keys: known('wall', 'sk-wall'),
      deadlines: { headersMs, idleMs },
      price: { input: 1, output: 4 },
    });
  return route({
    targets: { primary: target(primary), fallback: target(fallback) },
    weights: { primary: 1 },
    fallbacks: { primary: ['fallback'] },
    retries: 2,
  });
}

export async function runScenario(scenario: Scenario, form: Form, profile: Profile): Promise<FormResult> {
  let healed = false;
  const server = await startFaultyServer((attempt) => {
    if (healed) return { do: 'answer' };
    return attempt.model === fallback ? (scenario.fallback?.(attempt) ?? { do: 'answer' }) : scenario.primary(attempt, profile);
  });
  const router = underTest(server.url, profile);
  try {
    const limitMs = scenario.limitMs(profile);
    const { requests, everyMs } = scenario.pace?.(profile) ?? { requests: 1, everyMs: 0 };
    const results: CallResult[] = [];
    const start = server.now();
    for (let i = 0; i < requests; i++) {
      await sleep(Math.max(0, start + i * everyMs - server.now()));
      results.push(await callRouter(router, server, form, limitMs));
    }
    const attempts = [...server.attempts];
    const checks = [...scenario.checks({ server: frozen(server, attempts), results, profile }), carried(attempts, form)];
    healed = true;
    const all = [...checks, await afterwards()];
    return {
      form,
      verdict: judge(scenario, results, all, limitMs),
      ms: Math.round(Math.max(...results.map(({ ms }) => ms))),
      primaryAttempts: attempts.filter(({ model }) => model === primary).length,
      fallbackAttempts: attempts.filter(({ model }) => model === fallback).length,
      failed: all.filter(({ ok }) => !ok).map(({ what }) => what),
      error: results.find(({ error }) => error)?.error,
    };
  } finally {
    await router.close?.();
    await server.close();
  }

  /** Whatever happened, the next call is answered. */
  async function afterwards(): Promise<Check> {
    const { text, error, ms } = await callRouter(router, server, form, 10_000);
    return { what: `a healthy call afterwards within 10 s (${Math.round(ms)} ms ${error ?? ''})`, ok: text === healthyText };
  }
}

/** The attempts up to now: the call afterwards must not count. */
const frozen = (server: FaultyServer, attempts: readonly ServedAttempt[]): FaultyServer => ({
  ...server,
  attempts,
  of: (model) => attempts.filter((attempt) => attempt.model === model),
});

const carried = (attempts: readonly ServedAttempt[], form: Form): Check => ({
  what: form === 'image' ? 'every attempt carried the image' : 'no attempt carried an image',
  ok: attempts.every(({ hasImage }) => hasImage === (form === 'image')),
});

export async function runAll(profile: Profile): Promise<Scorecard> {
  const rows = await Promise.all(
    scenarios.map(async (scenario): Promise<Row> => {
      const ofForms = await Promise.all(forms.map(async (form) => await runScenario(scenario, form, profile)));
      return {
        id: scenario.id,
        fault: scenario.fault,
        verdict: ofForms.map(({ verdict }) => verdict).reduce(worse),
        forms: ofForms,
        note: scenario.form ?? 'as published; captions are not streamed',
      };
    }),
  );
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  const [pass, partial, safe, fail] = verdicts.map(count) as [number, number, number, number];
  return { pass, partial, safe, fail, rows };
}
