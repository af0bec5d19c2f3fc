import { firstValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { CaptionRequest } from '../../src/interpret/captionRequest.ts';
import type { Secret } from '../../src/secret.ts';
import type { Target } from '../../src/interpret/upstream/target/target.ts';
import { known } from '../../src/secret.ts';
import { request } from './support/request.ts';
import { type Reply, type StubServer, json, stubServer } from './support/stubServer.ts';

/** A provider that calls a server of the test. */
export interface ProviderRig {
  /** `url`: where the server listens. */
  readonly make: (url: string, keys: readonly Secret[]) => Target;
  /** The body of a good answer with this text. */
  readonly answer: (text: string) => object;
  /** The key does not come from `keys`: it cannot be checked whether it leaks. @default false */
  readonly hasOwnKeys?: boolean;
}

const SECRET = 'sk-secret-of-the-contract';

/** What every provider that calls an upstream promises. */
export const describeProvider = (name: string, { make, answer, hasOwnKeys = false }: ProviderRig): void => {
  describe(`${name} is a provider: it`, () => {
    const good: Reply = (response) => json(response, 200, answer('A disc moves left.'));

    /** A server with these replies and a target that calls it. */
    async function serving(reply: Reply): Promise<AsyncDisposable & { target: Target; calls: () => StubServer['seen'] }> {
      const server = await stubServer((response, seen, n) =>
        seen.path === '/token'
          ? json(response, 200, { access_token: 'ya29.t', token_type: 'Bearer', expires_in: 3600 })
          : reply(response, seen, n),
      );
      const target = make(server.url, known('KEY', SECRET));
      return {
        target,
        calls: () => server.seen.filter(({ path }) => path !== '/token'),
        async [Symbol.asyncDispose]() {
          await target.close?.();
          await server[Symbol.asyncDispose]();
        },
      };
    }
    const failureOf = async (target: Target, asked: CaptionRequest): Promise<Error & { code: string; retryable: boolean }> =>
      firstValueFrom(target(asked)).then(
        () => expect.fail('it answered'),
        (error: unknown) => error as Error & { code: string; retryable: boolean },
      );

    it('does no I/O when it is made, planned and asked whether it is available', async () => {
      await using one = await serving(good);
      const { target } = one;
      const [plan] = target.plan.targets;
      expect(target.plan.targets).toHaveLength(1);
      expect(plan).toMatchObject({ target: expect.any(String), provider: expect.any(String), model: expect.any(String) });
      expect(JSON.parse(JSON.stringify(plan!.params))).toEqual(plan!.params);
      expect(target.plan.paths).toEqual([{ share: 1, order: [plan!.target] }]);
      expect(plan!.missingKeys()).toEqual([]);
      expect(target.availability.readyAt(request(), performance.now())).toBeLessThanOrEqual(performance.now());
      target(request());
      expect(one.calls()).toEqual([]);
    });

    it('answers each subscriber with one answer, and records one attempt of it', async () => {
      await using one = await serving(good);
      const { target } = one;
      const asked = request();
      const answers = await firstValueFrom(target(asked).pipe(toArray()));
      const { target: name1, provider, model } = target.plan.targets[0]!;
      expect(answers).toMatchObject([{ text: 'A disc moves left.', target: name1, provider, cache: 'none' }]);
      expect(answers[0]!.model).not.toBe('');
      expect(answers[0]!.requestHash).toMatch(/^[\da-f]{64}$/);
      expect(asked.route).toMatchObject([{ target: name1, outcome: 'ok', status: 200, reason: '' }]);
      expect(model).not.toBe('');
      expect(one.calls()).toHaveLength(1);
    });

    it('is called by the name that a route gives it, with the same identity of its requests', async () => {
      await using one = await serving(good);
      const named = one.target.named('elsewhere');
      const asked = request({ picture: 'one' });
      const answered = await firstValueFrom(named(asked));
      expect(named.plan.targets[0]!.target).toBe('elsewhere');
      expect(answered.target).toBe('elsewhere');
      expect(asked.route[0]!.target).toBe('elsewhere');
      expect(answered.requestHash).toBe((await firstValueFrom(one.target(request({ picture: 'one' })))).requestHash);
      await named.close?.();
    });

    it('closes the socket and records the attempt when its caller hangs up', async () => {
      await using one = await serving(() => {});
      const asked = request();
      const call = one.target(asked).subscribe();
      await expect.poll(() => one.calls().length).toBe(1);
      call.unsubscribe();
      expect(asked.route).toMatchObject([{ outcome: 'cancelled', status: 0 }]);
      await expect.poll(() => one.calls()[0]!.hungUp).toBe(true);
    });

    it('gives up at the frame’s deadline, and closes the socket', async () => {
      await using one = await serving(() => {});
      const asked = request({ deadlineMs: performance.now() + 150 });
      expect(await failureOf(one.target, asked)).toMatchObject({ code: 'PROVIDER_FAILED', retryable: true });
      expect(asked.route).toMatchObject([{ outcome: 'timeout' }]);
      await expect.poll(() => one.calls()[0]!.hungUp).toBe(true);
    });

    it.each([
      [500, { error: { message: 'down' } }, 'transient', true],
      [401, { error: { message: 'no', type: 'authentication_error' } }, 'credential', false],
      [200, '<html>', 'malformed', true],
    ] as const)('says what status %i with %j means, and whether to retry', async (status, body, outcome, retryable) => {
      await using one = await serving((response) => json(response, status, body));
      const asked = request();
      expect(await failureOf(one.target, asked)).toMatchObject({ code: 'PROVIDER_FAILED', retryable });
      expect(asked.route).toMatchObject([{ outcome, status }]);
      expect(asked.route[0]!.reason).not.toBe('');
    });

    it('is away once its key was rejected, and says so instead of calling again', async () => {
      await using one = await serving((response) => json(response, 401, { error: { message: 'no', type: 'authentication_error' } }));
      await failureOf(one.target, request());
      expect(one.target.availability.backAt(performance.now())).toBe(Infinity);
      expect(await failureOf(one.target, request())).toMatchObject({
        code: 'KEYS_REJECTED',
        message: expect.stringContaining('no key that works'),
      });
      expect(one.calls()).toHaveLength(1);
    });

    it('reserves what a call may cost, and pays what it did; without money it makes none', async () => {
      await using one = await serving(good);
      const settled: number[] = [];
      const reserve = (worstUsd: number) => (worstUsd >= 0 ? (costUsd: number) => settled.push(costUsd) : undefined);
      await firstValueFrom(one.target(request({ budget: { reserve } })));
      expect(settled).toHaveLength(1);
      expect(await failureOf(one.target, request({ budget: { reserve: () => undefined } }))).toMatchObject({ code: 'BUDGET_SPENT' });
      expect(one.calls()).toHaveLength(1);
    });

    it('makes no call whose claim has expired', async () => {
      await using one = await serving(good);
      expect(await failureOf(one.target, request({ mayCall: () => false }))).toMatchObject({ code: 'CLAIM_EXPIRED' });
      expect(one.calls()).toEqual([]);
    });

    // A key of its own cannot be seen from here.
    if (!hasOwnKeys)
      it('never names its key: not in records, errors, answers or plans', async () => {
        await using one = await serving((response, _, n) =>
          json(response, n === 0 ? 400 : 200, n === 0 ? { error: { message: `bad ${SECRET}` } } : answer('yes')),
        );
        const [first, second] = [request(), request()];
        const error = await failureOf(one.target, first);
        const answered = await firstValueFrom(one.target(second));
        expect(JSON.stringify(one.calls()[0]!.headers)).toContain(SECRET);
        const everything = [first.route, second.route, answered, one.target.plan, error, error.message, error.stack, error.cause];
        expect(JSON.stringify(everything)).not.toContain(SECRET);
      });
  });
};
