import { type Observable, tap } from 'rxjs';
import type { Answer } from '../caption.ts';
import { type CaptionRequest, type Captioner, type Lane, captioner } from '../captioner.ts';
import { errorClassOf } from '../errorClassOf.ts';
import { ProviderError } from '../providerError.ts';
import { type Health, health } from './health.ts';
import { type Keyring, keyring } from './apiKeys.ts';
import type { CallSize } from './tokenBuckets.ts';

/** The lane of something with keys and health. `change` tells those who wait that something ended. */
export function laneOf(ring: Keyring, state: Health, sizeOf: (request: CaptionRequest) => CallSize): { lane: Lane; change: () => void } {
  const listeners = new Set<() => void>();
  /** Our part of the limits is looked at before each call, so that none starts on one that was taken away. */
  const heed = ({ share }: CaptionRequest, nowMs: number): void => {
    if (!share) return;
    const part = share();
    ring.share(part, nowMs);
    state.share(part);
  };
  const lane: Lane = {
    readyAt(request, nowMs) {
      heed(request, nowMs);
      return Math.max(state.readyAt(nowMs), ring.readyAt(sizeOf(request), nowMs));
    },
    backAt: (nowMs) => Math.max(state.backAt(nowMs), ring.backAt(nowMs)),
    isDown: (nowMs) => state.isDown(nowMs),
    isCapped: (request, nowMs) => state.isFull || state.backAt(nowMs) > nowMs || ring.readyAt(sizeOf(request), nowMs) > nowMs,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const change = (): void => {
    for (const listener of listeners) listener();
  };
  return { lane, change };
}

const ONE_CALL: CallSize = { requests: 1, tokens: 0, inputTokens: 0, outputTokens: 0 };

/** Gives a lane to a captioner that has none, from what its calls bring: calls at once, cooldowns, a breaker. */
export function withLane(name: string, inner: Captioner): Captioner & { readonly lane: Lane } {
  const { lane: own } = inner;
  if (own) return Object.assign(inner, { lane: own });
  const ring = keyring([], {}, Math.random);
  const state = health(() => name, {}, {});
  const { lane, change } = laneOf(ring, state, () => ONE_CALL);

  const ask = (request: CaptionRequest): Observable<Answer> => {
    const began = performance.now();
    const { key } = ring.pick(ONE_CALL, began);
    const end = state.begin(began);
    let over = false;
    const finish = (error?: unknown): void => {
      if (over) return;
      over = true;
      const now = performance.now();
      if (error instanceof ProviderError) ring.fail(key, error.failure, now);
      end(error === undefined ? 'ok' : (errorClassOf(error) ?? 'unknown'), now);
      change();
    };
    return inner(request).pipe(
      tap({
        error: finish,
        complete: () => finish(),
        unsubscribe() {
          if (over) return;
          over = true;
          end('cancelled', performance.now());
          change();
        },
      }),
    );
  };
  return Object.assign(captioner(ask, inner.plan, inner.close), { lane });
}
