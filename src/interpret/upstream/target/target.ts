import type { Observable } from 'rxjs';
import { serverReach } from '../../../stage/reach.ts';
import type { Availability } from '../../availability.ts';
import type { Answer } from '../../caption.ts';
import type { Captioner } from '../../captioner.ts';
import type { CaptionRequest } from '../../captionRequest.ts';
import { ApiKeyPool } from '../../limits/quota/apiKeyPool.ts';
import { TargetAvailability } from '../../limits/targetAvailability.ts';
import { TargetHealth } from '../../limits/health/targetHealth.ts';
import { waitUntilAvailable } from '../../limits/waitUntilAvailable.ts';
import { makeCaptioner } from '../../makeCaptioner.ts';
import { factsOf } from '../../pricing/factsOf.ts';
import type { ApiCodec } from '../apiCodec.ts';
import { CallSizeEstimate } from './callSizeEstimate.ts';
import { currentPrice } from './currentPrice.ts';
import { httpTransport } from '../http/httpTransport.ts';
import { targetCall } from './targetCall.ts';
import { type ApiFacts, targetPlan } from './targetPlan.ts';
import type { Transport } from '../transport.ts';
import { type UpstreamOptions, type UpstreamSettings, upstreamSettings } from '../upstreamOptions.ts';
import { WorstCost } from './worstCost.ts';

/** A provider that a route may call by another name. */
export interface Target extends Captioner {
  readonly availability: Availability;
  readonly named: (name: string) => Target;
}

/** A provider out of an API codec. Making it does no I/O. */
export function httpTarget(codec: ApiCodec, options: UpstreamOptions): Target {
  const settings = upstreamSettings(options);
  const { baseUrl = codec.baseUrl, keys = [] } = settings;
  const server = serverReach(baseUrl, keys.length > 0 || codec.reaches ? 'frames, prompts, key' : 'frames, prompts');
  const reaches = [server, ...(codec.reaches ?? [])];
  return target({ ...codec, reaches }, () => httpTransport(codec, settings), settings);
}

/**
 * A provider out of anything that carries a call: API keys, quotas, health, price, and the one record of each attempt. A call
 * waits until the target is available; within a route the route does the waiting.
 */
export function target(
  api: ApiFacts,
  transport: () => Transport,
  settings: UpstreamSettings,
  name = `${api.provider}/${settings.model}`,
): Target {
  const { model, keys: secrets = [], limits = {}, concurrency, circuitBreaker } = settings;
  const facts = api.modelFacts ?? factsOf(model);
  const price = currentPrice(model, settings.price);
  const plan = targetPlan(name, api, settings, facts, price);
  const [ownPlan] = plan.targets;

  const keys = new ApiKeyPool(secrets, limits);
  const health = new TargetHealth(name, concurrency, circuitBreaker);
  const sizes = new CallSizeEstimate(facts, api.lowDetail);
  const availability = new TargetAvailability(keys, health, (request) => sizes.of(request));
  const carrier = transport();
  const callable = { name, plan: ownPlan, keys, health, sizes, availability, price, worstCost: new WorstCost(ownPlan), transport: carrier };

  const whenAvailable = waitUntilAvailable(name, availability);
  const ask = (request: CaptionRequest): Observable<Answer> => whenAvailable(request, () => targetCall(callable, request));
  const made: Target = Object.assign(
    makeCaptioner(ask, plan, async () => carrier.close()),
    { availability, named: (other: string): Target => (other === name ? made : target(api, transport, settings, other)) },
  );
  return made;
}
