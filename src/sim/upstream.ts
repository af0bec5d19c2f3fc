import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AnswerFault, type ErrorFault, isAnswerFault, isErrorFault } from './faults.ts';
import type { JournalWriter } from './journal.ts';
import { latencyAt } from './latency.ts';
import { type Lifted, lift, mark } from './lift.ts';
import { billUsd } from './modelFamily.ts';
import type { Pictures } from './pictures.ts';
import { type Quota, quota } from './quota.ts';
import { hashedDraw } from '../random.ts';
import { type Arrival, rules } from './rules.ts';
import { say } from './say.ts';
import type { Conditions, FaultRule, VendorSettings } from './simulatorOptions.ts';
import { spoil } from './spoil.ts';
import { type Detail, type Posed, type Reply, type Said, type Wire, InvalidRequest } from './wire.ts';

/** What all vendors of one simulator share. */
export interface World {
  readonly seed: number;
  readonly clockScale: number;
  readonly allowText: boolean;
  /** Simulated milliseconds since the start. */
  now(): number;
  readonly pictures: Pictures;
  readonly journal: JournalWriter;
}

export interface Request {
  readonly wire: Wire;
  readonly pathModel: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** What is to be done with a request: a reply after so many of the client's milliseconds, perhaps over a broken connection. */
export interface Play {
  readonly outcome: string;
  readonly model: string;
  readonly key: string;
  readonly imageSha256: string;
  readonly reply: Reply;
  readonly delayMs: number;
  /** How the connection misbehaves. */
  readonly transport?: FaultRule | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Frees the place that the call holds. Called once, when the exchange is over. */
  done(): void;
}

/** One vendor: its keys, quotas, faults and latency. */
export interface Upstream {
  settings(): VendorSettings;
  play(request: Request): Promise<Play>;
  /** Other behaviour from now on. */
  change(patch: Partial<VendorSettings>): void;
  /** Calls being served now. */
  inFlight(): number;
}

const nothing = { inputTokens: 0, outputTokens: 0, costUsd: 0, delayMs: 0, imageSha256: '', done: () => {} };

export function upstream(name: string, initial: VendorSettings, world: World): Upstream {
  let settings = initial;
  let ruleFor = ruleBook(settings, world.seed);
  const quotas = new Map<string, Quota>();
  const places = slots();
  let calls = 0;

  const conditions = (model: string): Conditions => ({ ...settings, ...settings.models?.[model] });

  function quotaOf(key: Credential, model: string): Quota | undefined {
    const own = settings.models?.[model]?.quota;
    const limits = own ?? key.quota ?? settings.quota;
    if (!limits) return undefined;
    const id = own ? `${key.alias}/${model}` : key.alias;
    const known = quotas.get(id);
    if (known) return known;
    const made = quota(limits);
    quotas.set(id, made);
    return made;
  }

  async function play({ wire, pathModel, headers, query, body }: Request): Promise<Play> {
    const presented = wire.credential(headers, query);
    const key = credentialOf(settings, presented);
    let model = pathModel;
    let imageSha256 = '';
    const fail = (fault: ErrorFault, outcome: string, detail: Partial<Detail> = {}, extra: Partial<Play> = {}): Play => {
      const reply = wire.error(fault, { model, ...detail });
      return { ...nothing, outcome, model, key: key.alias, imageSha256, reply, ...extra };
    };
    try {
      if (key.state === 'dead') return fail(keyFault(wire, presented), 'credential');
      if (key.state === 'spent') return fail('quota_spent', 'quota_spent');
      const { json, base64 } = parse(body);
      const posed = wire.read(json, pathModel, headers);
      model = posed.model;
      if (settings.knownModels && !settings.knownModels.includes(model)) return fail('model_access', 'model_access');
      const bytes = imageBytes(posed, base64, world.allowText, wire);
      imageSha256 = bytes.length === 0 ? '' : world.pictures.hash(bytes);
      const timesSeen = world.journal.see(name, imageSha256);
      const arrival: Arrival = { model, key: key.alias, imageSha256, timesSeen, nowMs: world.now() };
      const rule = ruleFor(arrival);
      if (rule && isErrorFault(rule.fault)) {
        return fail(rule.fault, rule.fault, detailOf(rule, world), { delayMs: (rule.delayMs ?? 0) / world.clockScale });
      }
      const sight = bytes.length === 0 ? null : await world.pictures.see(imageSha256, bytes);
      if (sight === undefined || (sight && posed.images[0]!.mediaType !== `image/${sight.format}`)) throw new InvalidRequest(wire.badImage);
      const said = say(posed, sight, imageSha256);
      return await serve(wire, posed, said, arrival, key, rule, fail);
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      return fail(error.fault, 'invalid', { message: error.message });
    }
  }

  async function serve(
    wire: Wire,
    posed: Posed,
    said: Said,
    arrival: Arrival,
    key: Credential,
    rule: FaultRule | undefined,
    fail: (fault: ErrorFault, outcome: string, detail?: Partial<Detail>) => Play,
  ): Promise<Play> {
    const { latency, whenFull = 'overloaded', ...now } = conditions(posed.model);
    const phase = now.phases?.find(({ fromMs, toMs }) => arrival.nowMs >= fromMs && arrival.nowMs < toMs);
    const most = phase?.concurrency ?? now.concurrency ?? Infinity;
    if (!places.free(most) && whenFull !== 'queue')
      return fail(whenFull, whenFull, whenFull === 'rate_limit' ? { retryAfterMs: 1_000 / world.clockScale } : {});
    const limits = quotaOf(key, posed.model);
    const waitMs = limits?.admit(said.inputTokens, said.outputTokens + said.thoughtTokens, world.now()) ?? 0;
    const gauges = limits ? wire.quotaHeaders(limits.gauges(world.now(), world.clockScale)) : {};
    if (waitMs > 0) {
      const refused = fail('rate_limit', 'rate_limit', { retryAfterMs: waitMs / world.clockScale });
      return { ...refused, reply: { ...refused.reply, headers: { ...refused.reply.headers, ...gauges } } };
    }
    await places.take(most);
    const fault = rule && isAnswerFault(rule.fault) ? rule.fault : undefined;
    const { reply, billed } = respond(wire, posed, said, fault, `sim${(calls++).toString(36).padStart(8, '0')}`);
    const outputTokens = billed.outputTokens + billed.thoughtTokens;
    const times =
      phase?.latencyTimes === undefined
        ? 1
        : phase.ramp
          ? 1 + ((phase.latencyTimes - 1) * (arrival.nowMs - phase.fromMs)) / (phase.toMs - phase.fromMs)
          : phase.latencyTimes;
    const chance = hashedDraw(world.seed, 'latency', arrival.model, arrival.imageSha256, arrival.timesSeen);
    const usualMs = latency ? latencyAt(latency, chance, outputTokens) * times : 0;
    const transport = rule && !fault && rule.fault !== 'slow' ? rule : undefined;
    return {
      outcome: rule?.fault === undefined || rule.fault === 'slow' || rule.fault === 'no_usage' ? 'ok' : rule.fault,
      model: posed.model,
      key: key.alias,
      imageSha256: arrival.imageSha256,
      reply: { ...reply, headers: { ...reply.headers, ...gauges, 'x-request-id': `req_${calls}` } },
      delayMs: (usualMs + (rule?.fault === 'slow' ? (rule.delayMs ?? 0) : 0)) / world.clockScale,
      transport,
      inputTokens: billed.inputTokens,
      outputTokens,
      costUsd: billUsd(posed.model, billed.inputTokens, outputTokens),
      done: places.give,
    };
  }

  return {
    settings: () => settings,
    play,
    change(patch) {
      settings = { ...settings, ...patch };
      if (patch.faults !== undefined || patch.models !== undefined) ruleFor = ruleBook(settings, world.seed);
      if (patch.quota !== undefined || patch.keys !== undefined || patch.models !== undefined) quotas.clear();
      places.look();
    },
    inFlight: places.taken,
  };
}

interface Credential {
  readonly alias: string;
  readonly state: 'live' | 'dead' | 'spent';
  readonly quota?: VendorSettings['quota'];
}

/** A known key, any key where none are listed, or a dead one. */
function credentialOf(settings: VendorSettings, presented: string): Credential {
  if (presented === '') return { alias: '', state: 'dead' };
  const alias = createHash('sha256').update(presented).digest('hex').slice(0, 8);
  if (!settings.keys) return { alias, state: 'live' };
  const known = settings.keys.find(({ key }) => key === presented);
  return known ? { alias: known.alias ?? alias, state: known.state, quota: known.quota } : { alias, state: 'dead' };
}

/** Google calls a wrong key an invalid argument. */
const keyFault = (wire: Wire, presented: string): ErrorFault =>
  wire.usageField !== 'usageMetadata' ? 'credential' : presented === '' ? 'permission' : 'credential_as_400';

function parse(body: Buffer): Lifted {
  try {
    return lift(body);
  } catch {
    throw new InvalidRequest('The request body is not valid JSON.');
  }
}

function imageBytes(posed: Posed, lifted: string | undefined, allowText: boolean, wire: Wire): Buffer {
  const [image] = posed.images;
  if (!image) {
    if (allowText) return Buffer.alloc(0);
    throw new InvalidRequest('The request holds no image; this upstream describes images only.');
  }
  const bytes = Buffer.from(image.base64 === mark ? (lifted ?? '') : image.base64, 'base64');
  if (bytes.length === 0) throw new InvalidRequest(wire.badImage);
  return bytes;
}

const detailOf = (rule: FaultRule, { clockScale }: World): Partial<Detail> => ({
  retryAfterMs: rule.retryAfterMs / clockScale,
  retryAfterAs: rule.retryAfterAs,
});

/** The reply, whole or spoilt, and what of it is billed: nothing where the client cannot read a usage. */
function respond(wire: Wire, posed: Posed, said: Said, fault: AnswerFault | undefined, id: string): { reply: Reply; billed: Said } {
  const { heard, reply } = spoil(wire, posed, said, fault, id);
  const unread = fault === 'malformed' || fault === 'html_as_200' || fault === 'error_as_200' || fault === 'no_caption';
  return { reply, billed: unread ? { ...heard, inputTokens: 0, outputTokens: 0, thoughtTokens: 0 } : heard };
}

/** The vendor's rules, then those of single models. */
function ruleBook(settings: VendorSettings, seed: number): (arrival: Arrival) => FaultRule | undefined {
  const common = rules(settings.faults ?? [], seed);
  const own = new Map(Object.entries(settings.models ?? {}).map(([model, { faults }]) => [model, faults && rules(faults, seed)]));
  return (arrival) => (own.get(arrival.model) ?? common)(arrival);
}

interface Slots {
  free(most: number): boolean;
  readonly taken: () => number;
  /** Waits its turn where all are taken. */
  take(most: number): Promise<void> | undefined;
  readonly give: () => void;
  /** The number of places may have changed. */
  look(): void;
}

function slots(): Slots {
  let taken = 0;
  const waiting: { readonly most: number; readonly go: () => void }[] = [];
  const look = (): void => {
    while (waiting.length > 0 && taken < waiting[0]!.most) {
      taken++;
      waiting.shift()!.go();
    }
  };
  return {
    free: (most) => taken < most,
    taken: () => taken,
    take(most) {
      if (taken < most) return void taken++;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ most, go: resolve });
      return promise;
    },
    give() {
      taken--;
      look();
    },
    look,
  };
}
