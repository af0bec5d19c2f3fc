import { z } from 'zod';
import type { Secret } from '../../secret.ts';
import { type CircuitBreakerOptions, circuitBreakerOptions } from '../limits/health/circuitBreaker.ts';
import { type Concurrency, concurrencyOptions } from '../limits/health/concurrencyLimit.ts';
import { type RateLimits, rateLimits } from '../limits/quota/rateLimits.ts';
import type { PriceOverride } from '../pricing/price.ts';
import { type CallDeadlines, callDeadlines } from './callDeadlines.ts';

/** The options that every provider takes. Each provider's own options extend them. */
export interface UpstreamOptions {
  /** The vendor's id of the model. */
  model: string;
  /**
   * Where the vendor listens, with the path up to, not including, the API's own; a function is asked at the first call.
   * @default the vendor's address
   */
  baseUrl?: string | (() => Promise<string>);
  /** One or more keys; see envs() and files(). */
  keys?: readonly Secret[];
  /** 0: the same answer each time, as far as the model can. @default the vendor's */
  temperature?: number;
  /** Quotas of each key, for all instances of the pipeline together; what is left out is learned from the vendor's headers. */
  limits?: RateLimits;
  /** Concurrent calls; a number fixes it, for all instances together. @default { start: 16, min: 1, max: 256 }, found as TCP finds it */
  concurrency?: Concurrency;
  /** @default { connectMs: 5000, headersMs: 30000, idleMs: 10000, totalMs: 60000 } */
  deadlines?: CallDeadlines;
  /** When to stop asking, and how to come back. @default 5 failures, a probe every 1 to 1.5 s, 10 s of ramp */
  circuitBreaker?: CircuitBreakerOptions;
  /** Instead of the price table, in USD per million tokens. */
  price?: PriceOverride;
  /** Further fields of the request's body, as the vendor names them; they override what Saccade sends. */
  params?: Readonly<Record<string, unknown>>;
  /** Certificate authority in PEM, for servers with a certificate of their own. */
  ca?: string;
}

/** Fields of UpstreamOptions for the schemas of providers. */
export const upstreamFields = {
  model: z.string().min(1, 'must be the id of a model'),
  baseUrl: z
    .union([z.url(), z.custom<() => Promise<string>>((value) => typeof value === 'function')], 'must be an http(s) address')
    .optional(),
  keys: z
    .array(
      z.custom<Secret>(
        (value) => typeof (value as Secret | undefined)?.read === 'function',
        "must be keys made by envs('NAME') or files('path')",
      ),
    )
    .optional(),
  temperature: z.number().min(0).max(2).optional(),
  limits: rateLimits.optional(),
  concurrency: concurrencyOptions,
  deadlines: callDeadlines,
  circuitBreaker: circuitBreakerOptions,
  price: z
    .strictObject({
      input: z.number().min(0),
      output: z.number().min(0),
      cachedInput: z.number().min(0).optional(),
      cacheWrite: z.number().min(0).optional(),
      date: z.string().optional(),
    })
    .optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  ca: z.string().optional(),
};

const schema = z.object(upstreamFields);

/** The options that all providers share, with their defaults. */
export type UpstreamSettings = z.output<typeof schema>;

export const upstreamSettings = (options: UpstreamOptions): UpstreamSettings => schema.parse(options);
