import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, PipelineError, errorCodes } from '../../../src/errors.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { type RouteOptions, route } from '../../../src/interpret/combinators/route.ts';
import { type OpenaiOptions, openai } from '../../../src/interpret/providers/openai.ts';
import { known } from '../../../src/secret.ts';
import { marbles } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, available } from '../support/scripted.ts';
import { type Reply, type StubServer, chatAnswer, chatError, json, stubServer } from '../support/stubServer.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

interface Rig {
  readonly captioner: Captioner;
  readonly servers: Record<string, StubServer>;
  readonly ask: (
    over?: Parameters<typeof request>[0],
  ) => Promise<{ text: string; code: string; error: Error | undefined; outcomes: string[]; ms: number }>;
}

/** A route over servers whose replies the test writes; names in the order given. */
async function rig(replies: Record<string, Reply>, options: Partial<RouteOptions> = {}, target: Partial<OpenaiOptions> = {}): Promise<Rig> {
  const servers: Record<string, StubServer> = {};
  for (const [name, reply] of Object.entries(replies)) servers[name] = await stubServer(reply);
  const targets = Object.fromEntries(
    Object.entries(servers).map(([name, { url }]) => [
      name,
      openai({ model: 'gpt-4o', keys: known(`${name}-key`, 'k'), baseUrl: url, ...target }),
    ]),
  );
  const captioner = route({ targets, backoffMs: 20, ...options });
  open.push({ [Symbol.asyncDispose]: async () => captioner.close?.() }, ...Object.values(servers));
  return {
    captioner,
    servers,
    async ask(over = {}) {
      const asked = request(over);
      const began = performance.now();
      const result = await firstValueFrom(captioner(asked)).catch((error: unknown) => error as Error);
      const outcomes = asked.route.map((attempt) => `${attempt.target} ${attempt.outcome}`);
      const ms = performance.now() - began;
      if (result instanceof Error) return { text: '', code: (result as Error & { code: string }).code, error: result, outcomes, ms };
      return { text: result.text, code: '', error: undefined, outcomes, ms };
    },
  };
}

const ok =
  (text: string): Reply =>
  (response) =>
    json(response, 200, chatAnswer(text));
const fails =
  (status: number, body: unknown = chatError('down'), headers: Record<string, string> = {}): Reply =>
  (response) =>
    json(response, status, body, headers);
/** The first replies in turn, then the last for ever. */
const inTurn =
  (...replies: Reply[]): Reply =>
  (response, seen, n) =>
    replies[Math.min(n, replies.length - 1)]!(response, seen, n);

const onlyLiveKeys: Reply = (response, { headers }) =>
  headers.authorization === 'Bearer dead'
    ? json(response, 401, chatError('Incorrect API key', 'invalid_api_key'))
    : json(response, 200, chatAnswer('yes'));

const primaryThenBackup = { weights: { primary: 1 }, fallbacks: { primary: ['backup'] } };

describe('what a failure leads to', () => {
  it('waits out a short Retry-After at the same target, and no fallback is asked', async () => {
    const { ask, servers } = await rig(
      {
        primary: inTurn(fails(429, chatError('slow down', 'rate_limit_exceeded'), { 'retry-after-ms': '300' }), ok('yes')),
        backup: ok('no'),
      },
      primaryThenBackup,
    );
    const { text, outcomes, ms } = await ask();
    expect(text).toBe('yes');
    expect(outcomes).toEqual(['primary rate_limit', 'primary ok']);
    expect(ms).toBeGreaterThanOrEqual(300);
    expect(servers['backup']!.seen).toHaveLength(0);
  });

  it('goes to the fallback at once where the cooldown is longer than it waits', async () => {
    const { ask } = await rig(
      { primary: fails(429, chatError('x', 'rate_limit_exceeded'), { 'retry-after': '90' }), backup: ok('yes') },
      primaryThenBackup,
    );
    const first = await ask();
    expect(first.outcomes).toEqual(['primary rate_limit', 'backup ok']);
    // Far below the 90 s that it was asked to wait; how fast is no matter of a test on a shared machine.
    expect(first.ms).toBeLessThan(10_000);
    expect((await ask()).outcomes).toEqual(['backup ok']);
  });

  it('falls back after its retries when a 429 never ends', async () => {
    const { ask } = await rig(
      { primary: fails(429, chatError('x', 'rate_limit_exceeded'), { 'retry-after-ms': '10' }), backup: ok('yes') },
      primaryThenBackup,
    );
    expect((await ask()).outcomes).toEqual(['primary rate_limit', 'primary rate_limit', 'primary rate_limit', 'backup ok']);
  });

  it.each([[500], [502], [503], [504], [529]])('repeats a %i with backoff, then falls back', async (status) => {
    const { ask } = await rig({ primary: fails(status), backup: ok('yes') }, primaryThenBackup);
    const { outcomes, text } = await ask();
    expect(text).toBe('yes');
    expect(outcomes).toHaveLength(4);
    expect(outcomes[3]).toBe('backup ok');
  });

  it('repeats a broken connection at once', async () => {
    const { ask } = await rig({ primary: inTurn((response) => response.socket!.destroy(), ok('yes')) });
    const { outcomes, ms } = await ask();
    expect(outcomes).toEqual(['primary transient', 'primary ok']);
    expect(ms).toBeLessThan(10_000);
  });

  it('does not repeat a call that timed out, but asks the fallback', async () => {
    const { ask } = await rig({ primary: () => {}, backup: ok('yes') }, primaryThenBackup, { deadlines: { headersMs: 60 } });
    expect((await ask()).outcomes).toEqual(['primary timeout', 'backup ok']);
  });

  it('repeats a malformed reply once', async () => {
    const { ask } = await rig({ primary: ok(''), backup: ok('yes') }, primaryThenBackup);
    expect((await ask()).outcomes).toEqual(['primary malformed', 'primary malformed', 'backup ok']);
  });

  it.each([
    ['a field is missing', 400, chatError('Missing required parameter: messages')],
    ['validation', 422, chatError('bad field')],
  ])('ends with the vendor’s reason and no fallback when the request is at fault: %s', async (_, status, body) => {
    const { ask, servers } = await rig({ primary: fails(status, body), backup: ok('no') }, primaryThenBackup);
    const { code, error, outcomes } = await ask();
    expect(code).toBe('PROVIDER_FAILED');
    expect(error!.message).toContain((body as { error: { message: string } }).error.message);
    expect(outcomes).toEqual(['primary caller_fault']);
    expect(servers['backup']!.seen).toHaveLength(0);
  });

  it('does not go around a refusal, unless the user wants it', async () => {
    const replies = { primary: fails(400, chatError('flagged', 'content_policy_violation')), backup: ok('yes') };
    const strict = await rig(replies, primaryThenBackup);
    expect(await strict.ask()).toMatchObject({ code: 'PROVIDER_REFUSED', outcomes: ['primary blocked'] });
    const lax = await rig(replies, { ...primaryThenBackup, fallbackOn: ['blocked'] });
    expect(await lax.ask()).toMatchObject({ text: 'yes', outcomes: ['primary blocked', 'backup ok'] });
  });

  it('asks with the next key when one is dead, and never again with the dead one', async () => {
    const keys = [...known('A', 'dead'), ...known('B', 'live')];
    const { ask, servers } = await rig({ primary: onlyLiveKeys }, {}, { keys });
    for (let n = 0; n < 5; n++) expect((await ask()).text).toBe('yes');
    expect(servers['primary']!.seen.filter(({ headers }) => headers.authorization === 'Bearer dead')).toHaveLength(1);
  });

  it('takes an account without credit out of use for good, although it says 429', async () => {
    const { ask, servers } = await rig(
      { primary: fails(429, chatError('You exceeded your current quota', 'insufficient_quota')), backup: ok('yes') },
      primaryThenBackup,
    );
    for (let n = 0; n < 3; n++) expect((await ask()).text).toBe('yes');
    expect(servers['primary']!.seen).toHaveLength(1);
  });

  it('fails with every attempt named when no target is left', async () => {
    const { ask } = await rig({ primary: fails(401), backup: fails(410, chatError('retired')) }, primaryThenBackup);
    const { code, error, outcomes } = await ask();
    expect(code).toBe('PROVIDERS_EXHAUSTED');
    expect(outcomes).toEqual(['primary credential', 'backup model_gone']);
    expect(error!.message).toContain('primary: 401 credential');
    expect(error!.message).toContain('backup: 410 model_gone');
    expect((error!.cause as AggregateError).errors).toHaveLength(2);
  });

  it('ends the run, instead of every frame, once it is known that no key works', async () => {
    const { ask, servers } = await rig({ primary: fails(401), backup: fails(402) }, primaryThenBackup);
    await ask();
    const { code, error, outcomes } = await ask();
    expect(code).toBe('KEYS_REJECTED');
    expect(errorCodes[code as ErrorCode].endsRun).toBe(true);
    expect(error!.message).toContain('primary, backup has no key that works');
    expect(outcomes).toEqual([]);
    expect(servers['primary']!.seen).toHaveLength(1);
  });

  it('gives the original error where there is nowhere to go', async () => {
    const { ask } = await rig({ only: fails(503, chatError('over capacity')) });
    expect(await ask()).toMatchObject({ code: 'PROVIDER_FAILED', outcomes: ['only transient', 'only transient', 'only transient'] });
  });
});

describe('waiting', () => {
  it('never fails a frame because every target cools', async () => {
    const cools: Reply = inTurn(
      ...Array.from({ length: 6 }, () => fails(429, chatError('x', 'rate_limit_exceeded'), { 'retry-after-ms': '40' })),
      ok('yes'),
    );
    const { ask } = await rig({ primary: cools, backup: cools }, primaryThenBackup);
    expect((await ask()).text).toBe('yes');
  });

  it('drops a frame when its deadline passes while no target is free', async () => {
    const { ask } = await rig({ only: fails(429, chatError('x', 'rate_limit_exceeded'), { 'retry-after': '5' }) });
    const { code, ms } = await ask({ deadlineMs: performance.now() + 150 });
    expect(code).toBe('DEADLINE_PASSED');
    expect(ms).toBeLessThan(4_000);
  });

  it('ends a call at the frame’s deadline and says so', async () => {
    const { ask, servers } = await rig({ only: () => {} });
    const { code, outcomes } = await ask({ deadlineMs: performance.now() + 100 });
    expect(code).toBe('DEADLINE_PASSED');
    expect(outcomes).toEqual(['only timeout']);
    await expect.poll(() => servers['only']!.seen[0]!.hungUp).toBe(true);
  });

  it('lets go of a frame whose caller hung up while it waited', async () => {
    const { captioner, servers } = await rig({ only: () => {} }, {}, { concurrency: 1 });
    const first = captioner(request()).subscribe();
    const second = captioner(request()).subscribe();
    await expect.poll(() => servers['only']!.seen.length).toBe(1);
    second.unsubscribe();
    first.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(servers['only']!.seen).toHaveLength(1);
  });
});

describe('a route in time', () => {
  // Jitter of nothing.
  beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5));
  afterEach(() => void vi.restoreAllMocks());
  const answers = { a: answerOf('a'), b: answerOf('b') };
  const down = new PipelineError('PROVIDER_FAILED', 'down', { retryable: true });

  it('lets frames wait, first come, first served, while its target has no room', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const a = available('a', () => cold('--(a|)', answers));
      const only = route({ targets: { a } });
      a.availability.set({ readyAt: 5 });
      expectObservable(only(request({ id: 'first' }))).toBe('-------(a|)', answers);
      expectObservable(only(request({ id: 'second' })), '-^').toBe('-------(a|)', answers);
      flush();
      expect(a.asked).toEqual(['first', 'second']);
    });
  });

  it('fails a frame whose deadline passes while it waits, and forgets one whose caller has left', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const a = available('a', () => cold('--(a|)', answers));
      const only = route({ targets: { a } });
      a.availability.set({ readyAt: 5 });
      const late = expect.objectContaining({ code: 'DEADLINE_PASSED' });
      expectObservable(only(request({ deadlineMs: 3 }))).toBe('---#', undefined, late);
      expectObservable(only(request()), '^---!').toBe('-----');
      expectObservable(only(request({ id: 'patient' }))).toBe('-------(a|)', answers);
      flush();
      expect(a.asked).toEqual(['patient']);
    });
  });

  it('asks the same target again after waits that double, and then the fallback', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const [a, b] = [available('a', () => down), available('b', () => cold('--(b|)', answers))];
      const both = route({ targets: { a, b }, weights: { a: 1 }, fallbacks: { a: ['b'] }, retries: 2, backoffMs: 10 });
      expectObservable(both(request())).toBe('- 31ms (b|)', answers);
      flush();
      expect(a.asked).toHaveLength(3);
    });
  });

  it('waits out a cooldown up to `maxCooldownWaitMs`, and leaves a longer one to the fallback at once', () => {
    marbles(({ expectObservable }) => {
      const [a, b] = [available('a'), available('b')];
      const both = route({ targets: { a, b }, weights: { a: 1 }, fallbacks: { a: ['b'] }, maxCooldownWaitMs: 20 });
      a.availability.set({ backAt: 20 });
      expectObservable(both(request())).toBe('- 19ms (a|)', answers);
      expectObservable(both(request()), '- 29ms ^').toBe('- 29ms (a|)', answers);
      const other = available('a');
      const impatient = route({ targets: { a: other, b }, weights: { a: 1 }, fallbacks: { a: ['b'] }, maxCooldownWaitMs: 20 });
      other.availability.set({ backAt: 40 });
      expectObservable(impatient(request())).toBe('(b|)', answers);
      expectObservable(impatient(request()), '- 29ms ^').toBe('- 39ms (a|)', answers);
    });
  });

  it('hangs up the call of a frame whose caller leaves, and of no other', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold('-----(a|)', answers);
      const only = route({ targets: { a: available('a', () => call) } });
      expectObservable(only(request()), '^--!').toBe('----');
      expectObservable(only(request()), '-^--').toBe('------(a|)', answers);
      expectSubscriptions(call.subscriptions).toBe(['^--!', '-^----!']);
    });
  });
});

describe('weights', () => {
  it('hold over time to within one call in a hundred, the small ones too', async () => {
    const { captioner } = await rig({ a: ok('a'), b: ok('b'), c: ok('c') }, { weights: { a: 0.6, b: 0.39, c: 0.01 } });
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let n = 0; n < 500; n++) counts[(await firstValueFrom(captioner(request()))).text]!++;
    expect(counts['a']).toBeGreaterThanOrEqual(297);
    expect(counts['a']).toBeLessThanOrEqual(303);
    expect(counts['c']).toBe(5);
  });
});

describe('configuration', () => {
  const a = openai({ model: 'gpt-4o' });
  it.each([
    [{ targets: { a }, fallbacks: { a: ['b'] } }, /route.fallbacks.a: unknown target 'b'; the targets are a/],
    [{ targets: { a }, weights: { b: 1 } }, /route.weights: unknown target 'b'/],
    [{ targets: { a }, weights: { a: -1 } }, /route.weights.a: must be 0 or more \(found -1\)/],
    [{ targets: { a }, weights: { a: 0 } }, /at least one must be above 0/],
    [{ targets: { a }, wieghts: {} }, /route: unknown key 'wieghts'/],
    [{ targets: {} }, /must name at least one target/],
  ])('is refused when it cannot be right: %#', (options, message) => {
    expect(() => route(options as never)).toThrow(message);
  });

  it('shows its paths and names its targets', () => {
    const b = openai({ model: 'gpt-4.1-mini' });
    const { plan } = route({ targets: { a, b }, weights: { a: 3, b: 1 }, fallbacks: { a: ['b'] } });
    expect(plan.targets.map(({ target, model }) => [target, model])).toEqual([
      ['a', 'gpt-4o'],
      ['b', 'gpt-4.1-mini'],
    ]);
    expect(plan.paths).toEqual([
      { share: 0.75, order: ['a', 'b'] },
      { share: 0.25, order: ['b'] },
    ]);
  });
});
