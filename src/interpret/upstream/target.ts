import { Observable, type Subscriber } from 'rxjs';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import { report } from '../../stage/report.ts';
import { charge, priceToday } from './cost.ts';
import type { Answer, Attempt } from '../caption.ts';
import { type CaptionRequest, type Captioner, type Lane, type TargetPlan, captioner } from '../captioner.ts';
import { type ModelFacts, unknownModel } from '../pricing/modelFacts.ts';
import { factsOf, imageTokens, textTokens } from '../pricing/estimate.ts';
import type { Deadlines } from './httpRequest.ts';
import { type CallFailure, ProviderError } from '../providerError.ts';
import { type Concurrency, health } from '../limits/health.ts';
import { quotaHints } from '../limits/rateLimitHeaders.ts';
import { type Wire, http } from './http.ts';
import { type Key, keyring } from '../limits/apiKeys.ts';
import { laneOf } from '../limits/availability.ts';
import type { CallSize, Limits } from '../limits/tokenBuckets.ts';
import { type Price, type PriceOverride, costUsd } from '../pricing/price.ts';
import { requestHash } from '../requestHash.ts';
import type { Result, Transport } from './transport.ts';
import { whenReady } from '../limits/waitUntilAvailable.ts';

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
  /** Quotas of each key, for all instances of the pipeline together; what is left out is learned from the vendor's headers. */
  limits?: Limits;
  /** Calls at once; a number fixes it, for all instances together. @default { start: 16, min: 1, max: 256 }, found as TCP finds it */
  concurrency?: Concurrency;
  /** @default { connectMs: 5000, headersMs: 30000, idleMs: 10000, totalMs: 60000 } */
  deadlines?: Deadlines;
  /** When to stop asking, and how to come back. @default 5 failures, a probe every 1 to 1.5 s, 10 s of ramp */
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

/** What is asked, apart from how it is carried. */
export type Asks = Pick<Wire, 'provider' | 'params' | 'lowDetail'>;

/** A provider out of a wire format. Making it does no I/O. */
export const upstream = (wire: Wire, settings: UpstreamSettings): Target => target(wire, () => http(wire, settings), settings);

/**
 * A provider out of anything that carries a call: keys, pacing, health, price, and the one record of each attempt. A call
 * waits until the target is ready; within a route the route does the waiting.
 */
export function target(
  asks: Asks,
  transport: () => Transport,
  settings: UpstreamSettings,
  name = `${asks.provider}/${settings.model}`,
): Target {
  const { model } = settings;
  const facts = factsOf(model);
  const price = priceToday(model, settings.price);
  const ring = keyring(settings.keys ?? [], settings.limits ?? {}, Math.random);
  const state = health(() => name, settings.concurrency ?? {}, settings.breaker ?? {});
  const sizes = sizer(facts, asks.lowDetail ?? false);
  const plan = planOf(name, asks, settings, facts, price);
  const { lane, change } = laneOf(ring, state, (request) => sizes.of(request));
  const carrier = transport();

  /** How much dearer than its worst case a call ever was: the next ones are reckoned with it. */
  let surprise = 1;
  /** Text may take twice the tokens that are expected of it, and a picture a quarter more: then the cap still holds. */
  const worstUsd = ({ image, prompt }: CaptionRequest): number =>
    surprise * 1.25 * (plan.worstCostUsd(image, 64 + 2 * textTokens(prompt.system, prompt.user), prompt.maxOutputTokens) ?? 0);

  const call = (request: CaptionRequest, subscriber: Subscriber<Answer>): (() => void) => {
    if (request.mayCall?.() === false) {
      subscriber.error(claimExpired());
      return free;
    }
    const pay = request.purse ? request.purse.hold(worstUsd(request)) : free;
    if (!pay) {
      subscriber.error(new PipelineError('BUDGET_SPENT', `${name}: the next call could pass the cap in USD`));
      return free;
    }
    const began = performance.now();
    const size = sizes.of(request);
    const { key, settle: settleQuota } = ring.pick(size, began);
    const end = state.begin(began);
    let over = false;

    /** The one place where an attempt ends. */
    const settle = ({ status, headers, reading, failure }: Result): Attempt => {
      over = true;
      const now = performance.now();
      const charged = charge(reading, size.inputTokens, price());
      const attempt: Attempt = {
        target: name,
        key: key.alias,
        startedAtUs: Math.round((performance.timeOrigin + began) * 1000),
        ms: Math.round((now - began) * 1000) / 1000,
        status,
        outcome: failure?.class ?? 'ok',
        reason: failure?.reason ?? '',
        inputTokens: charged.inputTokens,
        outputTokens: charged.outputTokens,
        costUsd: charged.costUsd,
      };
      request.route.push(attempt);
      pay(charged.costUsd ?? 0);
      if (request.purse && charged.costUsd) surprise *= Math.max(1, charged.costUsd / worstUsd(request));
      report('attempt', () => attempt);
      const used = reading ? sizeOf(charged.inputTokens, charged.outputTokens) : status === 0 ? size : REFUSED;
      settleQuota(used, headers ? quotaHints(headers, Date.now()) : [], now);
      if (reading?.usage && !failure) sizes.saw(charged.outputTokens);
      if (failure) ring.fail(key, failure, now);
      else ring.succeed(key);
      end(attempt.outcome, now);
      return attempt;
    };

    const onResult = (result: Result): void => {
      const failure = result.failure ?? noText(result);
      if (failure) {
        const told = { ...failure, reason: withoutKey(failure.reason, key) };
        const attempt = settle({ ...result, failure: told });
        subscriber.error(told.class === 'cancelled' ? claimExpired() : new ProviderError(told, attempt));
      } else {
        const { inputTokens, outputTokens, costUsd: cost } = settle(result);
        const { text, model: reported = model, truncated, usage } = result.reading!;
        subscriber.next({
          text,
          target: name,
          provider: asks.provider,
          model: reported,
          inputTokens,
          outputTokens,
          costUsd: cost,
          priceDate: price()?.date ?? '',
          flags: [...(truncated ? ['truncated'] : []), ...(usage ? [] : ['estimated'])],
          cache: 'none',
          requestHash: requestHash(request, plan),
        });
        subscriber.complete();
      }
      change();
    };

    let cancel: () => void;
    try {
      cancel = carrier.start(request, key.secret, onResult);
    } catch (error) {
      // No call was made: a key that cannot be read is the configuration's fault.
      over = true;
      settleQuota(NOTHING, [], began);
      pay(0);
      end('cancelled', began);
      subscriber.error(error);
    }
    return () => {
      if (over) return;
      cancel();
      settle({ status: 0, failure: { class: 'cancelled', reason: 'the caller hung up' } });
      change();
    };
  };

  const ask = (request: CaptionRequest): Observable<Answer> =>
    new Observable((subscriber) => {
      let hangUp: (() => void) | undefined;
      const start = (): void => {
        hangUp = call(request, subscriber);
      };
      const leave = whenReady(lane, request, start, (error) => subscriber.error(error));
      return () => {
        leave();
        hangUp?.();
      };
    });

  const made: Target = Object.assign(
    captioner(ask, { targets: [plan], paths: [{ share: 1, order: [name] }], notes: notesOf(name, model, facts, price) }, async () =>
      carrier.close(),
    ),
    { lane, named: (other: string) => (other === name ? made : target(asks, transport, settings, other)) },
  );
  return made;
}

const claimExpired = (): PipelineError => new PipelineError('CLAIM_EXPIRED', 'the claim to this call has expired', { retryable: true });

const free = (): void => {};
const NOTHING: CallSize = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0 };
/** What a call takes from the quotas that was refused: it was counted, but nothing was read or written. */
const REFUSED: CallSize = { ...NOTHING, requests: 1 };

const sizeOf = (inputTokens: number, outputTokens: number): CallSize => ({
  requests: 1,
  tokens: inputTokens + outputTokens,
  inputTokens,
  outputTokens,
});

const noText = ({ reading }: Result): CallFailure | undefined =>
  reading === undefined || reading.text.trim() === '' ? { class: 'malformed', reason: 'the reply holds no text' } : undefined;

/** A vendor may repeat the key it was given. */
const withoutKey = (reason: string, { secret }: Key): string =>
  secret && secret.missing() === undefined ? reason.replaceAll(secret.read(), '[key]') : reason;

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

function planOf(name: string, asks: Asks, settings: UpstreamSettings, facts: ModelFacts, price: () => Price | undefined): TargetPlan {
  const { model, limits = {}, keys = [] } = settings;
  const perKey = keys.length > 1 ? ' for each key' : '';
  return {
    target: name,
    provider: asks.provider,
    model,
    params: asks.params,
    limits: Object.entries(limits).flatMap(([kind, amount]) => (amount === undefined ? [] : [`${amount} ${words(kind)}${perKey}`])),
    worstCostUsd({ width, height }, promptTokens, outputTokens = 1_024) {
      const input = imageTokens(facts.image, width, height, asks.lowDetail) + promptTokens;
      const now = price();
      return now ? costUsd(now, { input, cachedInput: 0, cacheWrite: 0, output: outputTokens + (facts.thinkingTokens ?? 0) }) : null;
    },
    missingKeys: () => keys.flatMap((key) => key.missing() ?? []),
  };
}

/** What people should know of a target before it is asked. */
function notesOf(name: string, model: string, facts: ModelFacts, price: () => Price | undefined): string[] {
  const notes: string[] = [];
  if (facts === unknownModel) notes.push(`${name}: ${model} is not in the table of models; its image tokens are guessed`);
  if (!price()) notes.push(`${name}: no price is known for ${model}; its cost is null in records`);
  if (facts.minSide !== undefined) notes.push(`${name}: ${model} sees less in pictures with an edge under ${facts.minSide} pixels`);
  return notes;
}

/** `inputTokensPerMinute` as people say it. */
const words = (kind: string): string => kind.replace('PerMinute', '/min').replace('Tokens', ' tokens');

/** For wires that must refuse an option that the model does not take. */
export function checkTemperature(part: string, model: string, temperature: number | undefined): void {
  if (temperature === undefined || factsOf(model).temperature === 'any') return;
  throw new PipelineError('CONFIG_INVALID', `${part}.temperature: ${model} takes no temperature (found ${temperature}); leave it out`);
}
