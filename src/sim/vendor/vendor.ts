import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hashedDraw } from '../../random.ts';
import { InvalidRequest } from '../api/invalidRequest.ts';
import { type ParsedRequest, parseRequestJson } from '../api/parseRequestJson.ts';
import type { SimulatedCompletion, CompletionRequest, ErrorDetail, VendorApi } from '../api/vendorApi.ts';
import { type ErrorFault, isAnswerFault, isErrorFault } from '../faults/faultNames.ts';
import type { ImageAnalysis } from '../image/analyseImage.ts';
import type { AnalysisCache } from '../image/analysisCache.ts';
import { generate } from '../model/generate.ts';
import { billUsd } from '../model/modelFamily.ts';
import type { Conditions, FaultRule, VendorSettings } from '../options/simulatorOptions.ts';
import { answer } from './answer.ts';
import { type Credential, credentialOf, deadKeyFault } from './credential.ts';
import { type ArrivedRequest, type FaultRules, faultRules } from './faultRules.ts';
import type { JournalWriter } from './journal.ts';
import { latencyAt } from './latencyAt.ts';
import { type Quota, quota } from './quota.ts';
import type { ReplyPlan } from './replyPlan.ts';
import { requestImage } from './requestImage.ts';
import { slots } from './slots.ts';

/** What all vendors of one simulator share. */
export interface SharedState {
  readonly seed: number;
  readonly clockScale: number;
  readonly allowText: boolean;
  /** Simulated milliseconds since the start. */
  readonly now: () => number;
  readonly analysisOf: AnalysisCache;
  readonly journal: JournalWriter;
}

export interface VendorRequest {
  readonly api: VendorApi;
  /** The model where the path names it. */
  readonly pathModel: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** One simulated vendor: its keys, quotas, faults and latency. */
export interface Vendor {
  plan(request: VendorRequest): Promise<ReplyPlan>;
  /** Changes its behaviour from now on. */
  change(patch: Partial<VendorSettings>): void;
  /** Calls being served now. */
  inFlight(): number;
}

export const makeVendor = (name: string, settings: VendorSettings, shared: SharedState): Vendor =>
  new SimulatedVendor(name, settings, shared);

/** One call on its way to a plan; what is not known of it yet is empty. */
interface Call {
  readonly api: VendorApi;
  readonly key: Credential;
  model: string;
  imageSha256: string;
}

class SimulatedVendor implements Vendor {
  readonly #name: string;
  readonly #shared: SharedState;
  readonly #slots = slots();
  /** By key, and by model where a model has a quota of its own. */
  readonly #quotas = new Map<string, Quota>();
  #settings: VendorSettings;
  #ruleFor: FaultRules;
  #calls = 0;

  constructor(name: string, settings: VendorSettings, shared: SharedState) {
    this.#name = name;
    this.#shared = shared;
    this.#settings = settings;
    this.#ruleFor = faultRules(settings, shared.seed);
  }

  async plan({ api, pathModel, headers, query, body }: VendorRequest): Promise<ReplyPlan> {
    const presented = api.credential(headers, query);
    const call: Call = { api, key: credentialOf(this.#settings, presented), model: pathModel, imageSha256: '' };
    try {
      if (call.key.state === 'dead') return refusal(call, deadKeyFault(api, presented), { outcome: 'credential' });
      if (call.key.state === 'spent') return refusal(call, 'quota_spent');
      const { json, base64 } = parsed(body);
      const request = api.read(json, pathModel, headers);
      call.model = request.model;
      const { knownModels } = this.#settings;
      if (knownModels && !knownModels.includes(request.model)) return refusal(call, 'model_access');
      const image = requestImage(request, base64, this.#shared.allowText, api);
      call.imageSha256 = image.length === 0 ? '' : hash('sha256', image);
      return await this.#planAnswer(call, request, image);
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      return refusal(call, error.fault, { outcome: 'invalid', detail: { message: error.message } });
    }
  }

  change(patch: Partial<VendorSettings>): void {
    this.#settings = { ...this.#settings, ...patch };
    if (patch.faults !== undefined || patch.models !== undefined) this.#ruleFor = faultRules(this.#settings, this.#shared.seed);
    if (patch.quota !== undefined || patch.keys !== undefined || patch.models !== undefined) this.#quotas.clear();
    this.#slots.admit();
  }

  inFlight(): number {
    return this.#slots.taken();
  }

  /** A request that is well-formed: an error that a rule asks for, or an answer within the limits. */
  async #planAnswer(call: Call, request: CompletionRequest, image: Buffer): Promise<ReplyPlan> {
    const { clockScale, journal, now } = this.#shared;
    const { model, imageSha256 } = call;
    const timesSeen = journal.countArrival(this.#name, imageSha256);
    const arrived = { model, key: call.key.alias, imageSha256, timesSeen, nowMs: now() };
    const rule = this.#ruleFor(arrived);
    if (rule && isErrorFault(rule.fault)) {
      const detail = { retryAfterMs: rule.retryAfterMs / clockScale, retryAfterAs: rule.retryAfterAs };
      return refusal(call, rule.fault, { detail, delayMs: (rule.delayMs ?? 0) / clockScale });
    }
    const completion = generate(request, await this.#analysisOf(call, request, image), imageSha256);
    return await this.#serve(call, request, completion, arrived, rule);
  }

  /** Null for a request without an image. Throws InvalidRequest. */
  async #analysisOf({ api, imageSha256 }: Call, request: CompletionRequest, image: Buffer): Promise<ImageAnalysis | null> {
    if (image.length === 0) return null;
    const analysis = await this.#shared.analysisOf(imageSha256, image);
    if (analysis && request.images[0]!.mediaType === `image/${analysis.format}`) return analysis;
    throw new InvalidRequest(api.badImage);
  }

  /** Waits for a slot and takes from the quota, or refuses. */
  async #serve(
    call: Call,
    request: CompletionRequest,
    completion: SimulatedCompletion,
    arrived: ArrivedRequest,
    rule: FaultRule | undefined,
  ): Promise<ReplyPlan> {
    const { clockScale, now } = this.#shared;
    const conditions: Conditions = { ...this.#settings, ...this.#settings.models?.[request.model] };
    const phase = conditions.phases?.find(({ fromMs, toMs }) => arrived.nowMs >= fromMs && arrived.nowMs < toMs);
    const { whenFull = 'overloaded' } = conditions;
    const most = phase?.concurrency ?? conditions.concurrency ?? Infinity;
    if (!this.#slots.free(most) && whenFull !== 'queue')
      return refusal(call, whenFull, { detail: whenFull === 'rate_limit' ? { retryAfterMs: 1_000 / clockScale } : {} });
    const limits = this.#quotaOf(call);
    const waitMs = limits?.admit(completion.inputTokens, completion.outputTokens + completion.thoughtTokens, now()) ?? 0;
    const quotaHeaders = limits ? call.api.quotaHeaders(limits.levels(now(), clockScale)) : {};
    if (waitMs > 0) return withHeaders(refusal(call, 'rate_limit', { detail: { retryAfterMs: waitMs / clockScale } }), quotaHeaders);
    await this.#slots.take(most);

    const answerFault = rule && isAnswerFault(rule.fault) ? rule.fault : undefined;
    const id = `sim${(this.#calls++).toString(36).padStart(8, '0')}`;
    const { reply, inputTokens, outputTokens } = answer(call.api, request, completion, answerFault, id);
    const usualMs = this.#latencyMs(conditions, phase, arrived, outputTokens);
    const isSlow = rule?.fault === 'slow';
    const plan = {
      outcome: rule === undefined || isSlow || rule.fault === 'no_usage' ? 'ok' : rule.fault,
      model: request.model,
      key: call.key.alias,
      imageSha256: call.imageSha256,
      reply,
      delayMs: (usualMs + (isSlow ? (rule.delayMs ?? 0) : 0)) / clockScale,
      transport: rule && !answerFault && !isSlow ? rule : undefined,
      inputTokens,
      outputTokens,
      costUsd: billUsd(request.model, inputTokens, outputTokens),
      done: this.#slots.release,
    };
    return withHeaders(plan, { ...quotaHeaders, 'x-request-id': `req_${this.#calls}` });
  }

  /** Simulated milliseconds. */
  #latencyMs({ latency }: Conditions, phase: Phase | undefined, arrived: ArrivedRequest, outputTokens: number): number {
    if (!latency) return 0;
    const { model, imageSha256, timesSeen, nowMs } = arrived;
    const chance = hashedDraw(this.#shared.seed, 'latency', model, imageSha256, timesSeen);
    return latencyAt(latency, chance, outputTokens) * latencyFactor(phase, nowMs);
  }

  #quotaOf({ key, model }: Call): Quota | undefined {
    const ofModel = this.#settings.models?.[model]?.quota;
    const limits = ofModel ?? key.quota ?? this.#settings.quota;
    if (!limits) return undefined;
    const id = ofModel ? `${key.alias}/${model}` : key.alias;
    const known = this.#quotas.get(id) ?? quota(limits);
    this.#quotas.set(id, known);
    return known;
  }
}

type Phase = NonNullable<Conditions['phases']>[number];

function latencyFactor(phase: Phase | undefined, nowMs: number): number {
  if (phase?.latencyTimes === undefined) return 1;
  if (!phase.ramp) return phase.latencyTimes;
  return 1 + ((phase.latencyTimes - 1) * (nowMs - phase.fromMs)) / (phase.toMs - phase.fromMs);
}

/** Throws InvalidRequest. */
function parsed(body: Buffer): ParsedRequest {
  try {
    return parseRequestJson(body);
  } catch {
    throw new InvalidRequest('The request body is not valid JSON.');
  }
}

interface RefusalOptions {
  /** @default the fault */
  readonly outcome?: string;
  readonly detail?: Partial<ErrorDetail>;
  readonly delayMs?: number;
}

/** An error of the vendor; it is not billed. */
const refusal = (
  { api, key, model, imageSha256 }: Call,
  fault: ErrorFault,
  { outcome = fault, detail = {}, delayMs = 0 }: RefusalOptions = {},
): ReplyPlan => ({
  outcome,
  model,
  key: key.alias,
  imageSha256,
  reply: api.error(fault, { model, ...detail }),
  delayMs,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  done: () => {},
});

const withHeaders = (plan: ReplyPlan, headers: Readonly<Record<string, string>>): ReplyPlan => ({
  ...plan,
  reply: { ...plan.reply, headers: { ...plan.reply.headers, ...headers } },
});
