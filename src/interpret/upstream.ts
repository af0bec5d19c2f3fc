import { randomUUID } from 'node:crypto';
import { Observable, type Subscriber } from 'rxjs';
import { Pool } from 'undici';
import { z } from 'zod';
import { PipelineError } from '../errors.ts';
import type { Secret } from '../secrets.ts';
import { report } from '../stage/channels.ts';
import type { Answer, Attempt } from './caption.ts';
import { type CaptionRequest, type Captioner, type Lane, type TargetPlan, captioner } from './captioner.ts';
import { classify, shorten } from './classify.ts';
import type { ModelFacts } from './data/models.ts';
import { factsOf, imageTokens, textTokens } from './estimate.ts';
import { type Deadlines, type Reply, defaultDeadlines, exchange } from './exchange.ts';
import { type Failure, ProviderError } from './failure.ts';
import { type Concurrency, health } from './health.ts';
import { type Headers, quotaHints } from './hints.ts';
import { type Key, keyring } from './keyring.ts';
import type { CallSize, Limits } from './pacing.ts';
import { type Price, type PriceOverride, type Usage, costUsd, overriddenPrice, priceOf, today } from './price.ts';
import { requestHash } from './requestHash.ts';
import { laneOf } from './laneOf.ts';
import { whenReady } from './whenReady.ts';

/** What every provider can be told. Each provider's own options extend this. */
export interface UpstreamOptions {
  /** The vendor's id of the model. */
  model: string;
  /**
   * Where the vendor listens, with the path up to, not including, the wire's own; a function is asked at the first call.
   * @default the vendor's address
   */
  baseUrl?: string | (() => Promise<string>);
  /** One or more keys; see envs() and files(). */
  keys?: readonly Secret[];
  /** 0 says the same each time. @default what the vendor takes for it */
  temperature?: number;
  /** Quotas of each key; what is left out is learned from the vendor's headers. */
  limits?: Limits;
  /** Calls at once; a number fixes it. @default { start: 16, min: 1, max: 256 }, found as TCP finds it */
  concurrency?: Concurrency;
  /** @default { connectMs: 5000, headersMs: 30000, idleMs: 10000, totalMs: 60000 } */
  deadlines?: Deadlines;
  /** When to stop asking, and how to come back. @default 5 failures, a probe every 1 to 5 s, 10 s of ramp */
  breaker?: { failures?: number; probeEveryMs?: number; probeAtMostEveryMs?: number; rampMs?: number };
  /** Instead of the price table, in USD per million tokens. */
  price?: PriceOverride;
  /** Further fields of the request's body, as the vendor names them; they override what Saccade sends. */
  params?: Readonly<Record<string, unknown>>;
  /** Certificate authority in PEM, for servers with a certificate of their own. */
  ca?: string;
}

const positive = z.number().positive('must be above 0');

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
  limits: z
    .strictObject({
      requestsPerMinute: positive.optional(),
      tokensPerMinute: positive.optional(),
      inputTokensPerMinute: positive.optional(),
      outputTokensPerMinute: positive.optional(),
    })
    .optional(),
  concurrency: z
    .union([
      z.int().min(1),
      z.strictObject({ start: z.int().min(1).optional(), min: z.int().min(1).optional(), max: z.int().min(1).optional() }),
    ])
    .optional(),
  deadlines: z
    .strictObject({
      connectMs: positive.optional(),
      headersMs: positive.optional(),
      idleMs: positive.optional(),
      totalMs: positive.optional(),
    })
    .optional(),
  breaker: z
    .strictObject({
      failures: z.int().min(1).optional(),
      probeEveryMs: positive.optional(),
      probeAtMostEveryMs: positive.optional(),
      rampMs: positive.optional(),
    })
    .optional(),
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

/** What a reply with status 200 turned out to be. */
export interface Reading {
  readonly text: string;
  readonly model?: string | undefined;
  /** Absent where the upstream did not say. */
  readonly usage?: Usage | undefined;
  readonly truncated?: boolean;
  /** Status 200, and yet no caption: refused, blocked, truncated or malformed. */
  readonly failure?: Failure;
}

/** One vendor's wire format. Everything else is shared. */
export interface Wire {
  readonly provider: string;
  readonly baseUrl: string;
  /** Appended to the base address. */
  readonly path: string;
  /** Everything but the key; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that carry the key. May be asynchronous where a token must be fetched. */
  authorise(key: Secret | undefined): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** The JSON of the body, with IMAGE where the base64 of the picture goes. */
  body(request: CaptionRequest): object;
  /** Reads the JSON of a reply with status 200. Anything it throws makes the reply malformed. */
  read(json: unknown): Reading;
  /** Parameters that change the answer. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether pictures are sent at low detail. */
  readonly lowDetail?: boolean;
}

/** The settings of a provider after its options were read. */
export type UpstreamSettings = Pick<
  UpstreamOptions,
  'model' | 'baseUrl' | 'keys' | 'limits' | 'concurrency' | 'deadlines' | 'breaker' | 'price' | 'ca'
>;

/** A provider that a route may call by another name. */
export interface Target extends Captioner {
  readonly lane: Lane;
  readonly named: (name: string) => Target;
}

/**
 * A provider out of a wire format: connections, keys, pacing, deadlines, price, and the one record of each attempt.
 * Making it does no I/O. A call waits until the target is ready; within a route the route does the waiting.
 */
export function upstream(wire: Wire, settings: UpstreamSettings, name = `${wire.provider}/${settings.model}`): Target {
  const { model } = settings;
  const facts = factsOf(model);
  const ring = keyring(settings.keys ?? [], settings.limits ?? {}, Math.random);
  const state = health(() => name, settings.concurrency ?? {}, settings.breaker ?? {});
  const deadlines = { ...defaultDeadlines, ...withoutUndefined(settings.deadlines ?? {}) };
  const address = addressOf(settings.baseUrl ?? wire.baseUrl, wire.path);
  const sizes = sizer(facts, wire.lowDetail ?? false);
  const headersOf = headerLists(wire);
  let pool: Pool | undefined;

  const plan = planOf(name, wire, settings, facts);
  const { lane, change } = laneOf(ring, state, (request) => sizes.of(request));

  const call = (request: CaptionRequest, subscriber: Subscriber<Answer>): (() => void) => {
    const began = performance.now();
    const startedAtUs = Math.round((performance.timeOrigin + began) * 1000);
    const size = sizes.of(request);
    const key = ring.pick(size, began);
    const end = state.begin(began);
    let cancel: (() => void) | undefined;
    let over = false;

    /** The one place where an attempt ends. */
    const settle = (outcome: 'ok' | Failure, reply: { status: number; headers?: Headers }, reading?: Reading): Attempt => {
      over = true;
      const now = performance.now();
      const failure = outcome === 'ok' ? undefined : outcome;
      const charge = bill(reading, size, settings.price, model);
      const attempt: Attempt = {
        target: name,
        key: key.alias,
        startedAtUs,
        ms: Math.round((now - began) * 1000) / 1000,
        status: reply.status,
        outcome: failure?.class ?? 'ok',
        reason: failure?.reason ?? '',
        inputTokens: charge.inputTokens,
        outputTokens: charge.outputTokens,
        costUsd: charge.costUsd,
      };
      request.route.push(attempt);
      report('attempt', () => attempt);
      ring.settle(
        key,
        size,
        reading ? sizeOf(charge.inputTokens, charge.outputTokens) : { ...size, ...unused(reply.status) },
        hintsOf(reply),
        now,
      );
      if (reading?.usage) sizes.saw(charge.outputTokens);
      if (failure) ring.fail(key, failure, now);
      else ring.succeed(key);
      end(attempt.outcome, now);
      return attempt;
    };

    const fail = (found: Failure, reply: { status: number; headers?: Headers }, reading?: Reading): void => {
      const failure = { ...found, reason: withoutKey(found.reason, key) };
      const attempt = settle(failure, reply, reading);
      subscriber.error(new ProviderError(failure, attempt));
      change();
    };

    const onReply = (reply: Reply): void => {
      if (reply.status < 200 || reply.status > 299) return fail(classify(reply.status, reply.body, reply.headers, Date.now()), reply);
      const reading = read(wire, reply);
      const failure =
        reading.failure ?? (reading.text.trim() === '' ? { class: 'malformed' as const, reason: 'the reply holds no text' } : undefined);
      if (failure) return fail(failure, reply, reading);
      settle('ok', reply, reading);
      const charge = bill(reading, size, settings.price, model);
      subscriber.next({
        text: reading.text,
        target: name,
        provider: wire.provider,
        model: reading.model ?? model,
        inputTokens: charge.inputTokens,
        outputTokens: charge.outputTokens,
        costUsd: charge.costUsd,
        priceDate: charge.priceDate,
        flags: [...(reading.truncated ? ['truncated'] : []), ...(reading.usage ? [] : ['estimated'])],
        cache: 'none',
        requestHash: requestHash(request, plan),
      });
      subscriber.complete();
      change();
      return undefined;
    };

    const send = (headers: readonly string[], { origin, path }: Address): void => {
      if (over) return;
      pool ??= connect(origin, deadlines.connectMs, settings.ca);
      const totalMs = Math.max(1, Math.min(deadlines.totalMs, request.deadlineMs - performance.now()));
      cancel = exchange(pool, { path, headers, body: bodyOf(wire, request), deadlines: { ...deadlines, totalMs } }, (outcome) => {
        if ('body' in outcome) onReply(outcome);
        else fail(outcome, outcome);
      });
    };

    const start = (): void => {
      const headers = headersOf(key);
      const where = address();
      if (!(headers instanceof Promise) && !(where instanceof Promise)) return send(headers, where);
      Promise.all([headers, where]).then(
        (known) => send(...known),
        (error: unknown) => {
          if (!over) fail({ class: 'credential', reason: shorten(error instanceof Error ? error.message : String(error)) }, { status: 0 });
        },
      );
      return undefined;
    };

    try {
      start();
    } catch (error) {
      // No call was made: a key that cannot be read is the configuration's fault.
      over = true;
      ring.settle(key, size, NOTHING, [], began);
      end('cancelled', began);
      subscriber.error(error);
    }
    return () => {
      if (over) return;
      cancel?.();
      settle({ class: 'cancelled', reason: 'the caller hung up' }, { status: 0 });
      change();
    };
  };

  const ask = (request: CaptionRequest): Observable<Answer> =>
    new Observable((subscriber) => {
      let hangUp: (() => void) | undefined;
      const leave = whenReady(
        lane,
        request,
        () => {
          hangUp = call(request, subscriber);
        },
        (error) => subscriber.error(error),
      );
      return () => {
        leave();
        hangUp?.();
      };
    });

  const close = async (): Promise<void> => {
    await pool?.destroy();
    pool = undefined;
  };
  const target: Target = Object.assign(captioner(ask, { targets: [plan], paths: [{ share: 1, order: [name] }], notes: [] }, close), {
    lane,
    named: (other: string) => (other === name ? target : upstream(wire, settings, other)),
  });
  return target;
}

const NOTHING: CallSize = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };

/** A refusal by a limiter or a broken connection takes no tokens. */
const unused = (status: number): Partial<CallSize> => (status === 0 ? {} : { tokens: 0, inputTokens: 0, outputTokens: 0 });

/** A vendor may repeat the key it was given. */
const withoutKey = (reason: string, { secret }: Key): string =>
  secret && !secret.missing() ? reason.replaceAll(secret.read(), '[key]') : reason;

const hintsOf = ({ headers }: { headers?: Headers }): ReturnType<typeof quotaHints> => (headers ? quotaHints(headers, Date.now()) : []);

const sizeOf = (inputTokens: number, outputTokens: number): CallSize => ({
  requests: 1,
  tokens: inputTokens + outputTokens,
  inputTokens,
  outputTokens,
});

function connect(origin: string, connectMs: number, ca: string | undefined): Pool {
  return new Pool(origin, { connections: null, pipelining: 1, connect: { timeout: connectMs, ...(ca !== undefined && { ca }) } });
}

/** Estimates what calls take; the output from what answers took so far. */
function sizer(facts: ModelFacts, low: boolean): { of(request: CaptionRequest): CallSize; saw(outputTokens: number): void } {
  let typicalOutput: number | undefined;
  return {
    of({ image, prompt }) {
      const input = imageTokens(facts.image, image.width, image.height, low) + textTokens(prompt.system, prompt.user) + 12;
      return sizeOf(input, Math.ceil(typicalOutput ?? prompt.maxOutputTokens / 2));
    },
    saw(outputTokens) {
      typicalOutput = typicalOutput === undefined ? outputTokens : typicalOutput * 0.95 + outputTokens * 0.05;
    },
  };
}

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** Where to send, at once where it is known, and asked for once where it is not. */
function addressOf(baseUrl: string | (() => Promise<string>), wirePath: string): () => Address | Promise<Address> {
  const parse = (text: string): Address => {
    const { origin, pathname } = new URL(text);
    return { origin, path: `${pathname.replace(/\/$/, '')}${wirePath}` };
  };
  let found: Address | Promise<Address> | undefined = typeof baseUrl === 'string' ? parse(baseUrl) : undefined;
  return () =>
    (found ??= (baseUrl as () => Promise<string>)().then((text) => {
      const address = parse(text);
      found = address;
      return address;
    }));
}

/** The headers of each key as the flat list that undici writes without looking. */
function headerLists(wire: Wire): (key: Key) => readonly string[] | Promise<readonly string[]> {
  const fixed = Object.entries({ 'content-type': 'application/json', ...wire.headers }).flat();
  const cache = new Map<Key, readonly string[]>();
  return (key) => {
    const cached = cache.get(key);
    if (cached) return cached;
    const auth = wire.authorise(key.secret);
    if (auth instanceof Promise) return auth.then((fields) => [...fixed, ...Object.entries(fields).flat()]);
    const list = [...fixed, ...Object.entries(auth).flat()];
    cache.set(key, list);
    return list;
  };
}

/** Stands in a body for the base64 of the picture; made anew for each process, so that no prompt can hold it. */
export const IMAGE = randomUUID();

/** The picture's base64 is written into the gap of the JSON: one buffer a call, and no JSON.stringify over the picture. */
function bodyOf(wire: Wire, request: CaptionRequest): Buffer {
  if (request.image.bytes.length === 0) return Buffer.from(JSON.stringify(wire.body(request), withoutImage));
  const json = JSON.stringify(wire.body(request));
  const gap = json.indexOf(IMAGE);
  const before = json.slice(0, gap);
  const after = json.slice(gap + IMAGE.length);
  const { bytes } = request.image;
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const head = Buffer.byteLength(before);
  const body = Buffer.allocUnsafeSlow(head + base64.length + Buffer.byteLength(after));
  body.write(before, 0, 'utf8');
  body.write(base64, head, 'latin1');
  body.write(after, head + base64.length, 'utf8');
  return body;
}

/** A request of words alone, as for a rewriter, has an image without bytes: the part of the content that would hold it is left out. */
const withoutImage = (_name: string, value: unknown): unknown =>
  Array.isArray(value) && value.some((part) => JSON.stringify(part).includes(IMAGE))
    ? value.filter((part) => !holdsImageItself(part))
    : value;

/** The innermost list element around the picture: a content part, not the message that holds it. */
const holdsImageItself = (part: unknown): boolean =>
  JSON.stringify(part).includes(IMAGE) && !Object.values(part as object).some((inner) => Array.isArray(inner));

function read(wire: Wire, { body, status, headers }: Reply): Reading {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null && 'error' in json && json.error) {
      return { text: '', failure: classify(status, body, headers, Date.now()) };
    }
    return wire.read(json);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'the reply is not JSON' : 'the reply has no caption where it should be';
    return { text: '', failure: { class: 'malformed', reason } };
  }
}

interface Charge {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly priceDate: string;
}

/** What one reply costs. No reply costs nothing; a reply that does not say its tokens is estimated. */
function bill(reading: Reading | undefined, size: CallSize, override: PriceOverride | undefined, model: string): Charge {
  const price = priceNow(override, model);
  const priceDate = price?.date ?? '';
  const answered = reading !== undefined && (reading.usage !== undefined || reading.text !== '');
  if (!answered) return { inputTokens: 0, outputTokens: 0, costUsd: price ? 0 : null, priceDate };
  const usage = reading.usage ?? { input: size.inputTokens, cachedInput: 0, cacheWrite: 0, output: textTokens(reading.text) };
  return {
    inputTokens: usage.input + usage.cachedInput + usage.cacheWrite,
    outputTokens: usage.output,
    costUsd: price ? costUsd(price, usage) : null,
    priceDate,
  };
}

const priceNow = (override: PriceOverride | undefined, model: string): Price | undefined => {
  const day = today(Date.now());
  return override ? overriddenPrice(override, day) : priceOf(model, day);
};

function planOf(target: string, wire: Wire, settings: UpstreamSettings, facts: ModelFacts): TargetPlan {
  const { model, limits = {}, keys = [] } = settings;
  return {
    target,
    provider: wire.provider,
    model,
    params: wire.params,
    limits: Object.entries(limits).flatMap(([kind, amount]) =>
      amount === undefined ? [] : [`${amount} ${words(kind)}${keys.length > 1 ? ' for each key' : ''}`],
    ),
    worstCostUsd({ width, height }, promptTokens, outputTokens = 1_024) {
      const price = priceNow(settings.price, model);
      const input = imageTokens(facts.image, width, height, wire.lowDetail) + promptTokens;
      return price ? costUsd(price, { input, cachedInput: 0, cacheWrite: 0, output: outputTokens }) : null;
    },
    missingKeys: () => keys.flatMap((key) => key.missing() ?? []),
  };
}

/** `inputTokensPerMinute` as people say it. */
const words = (kind: string): string => kind.replace('PerMinute', '/min').replace('Tokens', ' tokens');

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

/** For wires that must refuse an option that the model does not take. */
export function checkTemperature(part: string, model: string, temperature: number | undefined): void {
  if (temperature === undefined || factsOf(model).temperature === 'any') return;
  throw new PipelineError('CONFIG_INVALID', `${part}.temperature: ${model} takes no temperature (found ${temperature}); leave it out`);
}
