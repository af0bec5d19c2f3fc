import { ProviderError } from '../errors/providerError.ts';

const LONGEST_BACKOFF_MS = 8_000;

/**
 * How long to wait before the next try, with jitter so that frames do not retry all at once: at least what the upstream asked
 * for. A connection that broke is tried again at once, once.
 */
export const backoffMs = (tries: number, error: unknown, firstMs: number): number => {
  const failure = error instanceof ProviderError ? error.failure : undefined;
  const isBroken = error instanceof ProviderError && failure?.class === 'transient' && error.attempt.status === 0;
  if (isBroken && tries === 1) return 0;
  const wait = Math.min(LONGEST_BACKOFF_MS, firstMs * 2 ** (tries - 1)) * (0.75 + 0.5 * Math.random());
  return Math.max(wait, failure?.waitMs ?? 0);
};
