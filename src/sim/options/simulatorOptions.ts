import { z } from 'zod';
import { faultNames } from '../faults/faultNames.ts';

/** How long an upstream takes. Percentiles in simulated milliseconds; those left out follow from a lognormal curve. */
export interface Latency {
  readonly p50Ms: number;
  readonly p90Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  /** Added for each token of the answer. */
  readonly perOutputTokenMs: number;
}

const ms = z.number().nonnegative();
const count = z.int().positive();

const latency = z
  .union([
    ms.transform((p50Ms) => ({ p50Ms })),
    z.strictObject({ p50Ms: ms, p90Ms: ms.optional(), p95Ms: ms.optional(), p99Ms: ms.optional(), perOutputTokenMs: ms.optional() }),
  ])
  .transform((given): Latency => ({ ...given, perOutputTokenMs: ('perOutputTokenMs' in given && given.perOutputTokenMs) || 0 }));

const quota = z.strictObject({
  /** Requests a minute. */
  requestsPerMinute: z.number().nonnegative().optional(),
  /** Input and output together (OpenAI). */
  tokensPerMinute: z.number().nonnegative().optional(),
  inputTokensPerMinute: z.number().nonnegative().optional(),
  outputTokensPerMinute: z.number().nonnegative().optional(),
  /** How much unused quota is kept for later, in milliseconds of its rate. @default 60000 */
  burstMs: z.number().positive().default(60_000),
});

/** A rule holds where all its conditions do. The first rule that holds decides what happens to a request. */
const faultRule = z.strictObject({
  fault: z.enum(faultNames),
  /** 0 to 1; drawn from the seed, the image and how often it came, so that a run can be repeated. @default 1 */
  probability: z.number().min(0).max(1).default(1),
  /** The rule holds for these of the requests that it counts, 1 being the first. */
  attempts: z.array(count).optional(),
  /** The rule holds for so many requests at first. */
  first: count.optional(),
  /** The rule holds for all but so many requests at first. */
  after: z.int().nonnegative().optional(),
  /** Count all requests together, or those of each image separately. @default 'all' */
  counted: z.enum(['all', 'image']).default('all'),
  /** Simulated milliseconds since the start: from inclusive, to exclusive. */
  fromMs: ms.optional(),
  toMs: ms.optional(),
  /** With `everyMs` the time from `fromMs` to `toMs` is repeated. */
  everyMs: z.number().positive().optional(),
  /** Alias of a key. */
  key: z.string().optional(),
  model: z.string().optional(),
  /** How long the reply tells the client to wait. @default 1000 */
  retryAfterMs: ms.default(1_000),
  /** In which form, for the APIs that have a header for it. @default 'seconds' */
  retryAfterAs: z.enum(['seconds', 'milliseconds', 'date', 'none']).default('seconds'),
  /** Simulated milliseconds: for `slow` the time added, for stalls the time after which the simulator closes the socket. */
  delayMs: ms.optional(),
});

const key = z.strictObject({
  key: z.string().min(1),
  /** Its name in the journal. @default the first 8 hex digits of its SHA-256 */
  alias: z.string().optional(),
  /** Its own quota, in place of the vendor's. */
  quota: quota.optional(),
  /** `dead`: refused as unknown; `spent`: the account has no credit. @default 'live' */
  state: z.enum(['live', 'dead', 'spent']).default('live'),
});

const behaviour = {
  /** Milliseconds, or percentiles. @default 0 */
  latency: latency.optional(),
  /** Per key. @default none */
  quota: quota.optional(),
  /** Tried in order. @default [] */
  faults: z.array(faultRule).optional(),
  /** Calls served at once. @default without limit */
  concurrency: count.optional(),
  /** What happens to a call above `concurrency`. @default 'overloaded' */
  whenFull: z.enum(['overloaded', 'rate_limit', 'queue']).optional(),
  /** Times with other conditions, e.g. a spike: `{ fromMs: 5000, toMs: 8000, latencyTimes: 10 }`. */
  phases: z
    .array(
      z.strictObject({
        fromMs: ms,
        toMs: z.number().positive(),
        /** Latency times this; with `ramp` it grows from 1 to this over the phase. */
        latencyTimes: z.number().positive().optional(),
        ramp: z.boolean().default(false),
        concurrency: count.optional(),
      }),
    )
    .optional(),
};

const vendor = z.strictObject({
  /** The wire format. @default the vendor's own name */
  wire: z.enum(['openai', 'anthropic', 'gemini']).optional(),
  /** @default any key that is not empty */
  keys: z.array(key).optional(),
  /** Models that exist; others get the vendor's 404. @default any */
  knownModels: z.array(z.string()).optional(),
  ...behaviour,
  /** Other behaviour of single models. */
  models: z.record(z.string(), z.strictObject(behaviour)).optional(),
});

export const simulatorOptions = z.strictObject({
  /** 0: any free port. @default 0 */
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().default('127.0.0.1'),
  /** Seed of everything that is random. @default 1 */
  seed: z.int().default(1),
  /** Simulated milliseconds in one real millisecond: with 60 a minute of quota lasts a second. @default 1 */
  clockScale: z.number().positive().default(1),
  /** By name; the first with a wire format answers on `/v1/...`, each also on `/<name>/v1/...`. @default one for each wire format */
  vendors: z.record(z.string().regex(/^[a-z0-9-]+$/, 'lower-case letters, digits and dashes only'), vendor).default({
    openai: {},
    anthropic: {},
    gemini: {},
  }),
  /** Accept requests without an image. @default false */
  allowText: z.boolean().default(false),
  /** Requests kept in the journal. @default 10000 */
  journalEntries: z.int().nonnegative().default(10_000),
  /** TLS instead of plain HTTP: PEM texts. */
  tls: z.strictObject({ key: z.string(), cert: z.string() }).optional(),
});

export type SimulatorOptions = z.input<typeof simulatorOptions>;
export type VendorOptions = z.input<typeof vendor>;
export type VendorSettings = z.output<typeof vendor>;
export type FaultRule = z.output<typeof faultRule>;
export type QuotaSettings = z.output<typeof quota>;
export type Conditions = Pick<VendorSettings, 'latency' | 'quota' | 'faults' | 'concurrency' | 'whenFull' | 'phases'>;
export const vendorOptions = vendor;
