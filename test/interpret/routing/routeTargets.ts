import type { RouteRules, RouteTarget } from '../../../src/interpret/routing/routeTarget.ts';
import { type SetAvailability, available } from '../support/scripted.ts';

export const rules: RouteRules = { retries: 2, backoffMs: 100, maxCooldownWaitMs: 10_000, fallbackOn: new Set() };

export interface SetTarget extends RouteTarget {
  readonly state: SetAvailability;
}

/** A target whose availability the test sets. */
export function routeTarget(name: string, weight = 1, fallbacks: readonly RouteTarget[] = []): SetTarget {
  const captioner = available(name);
  return { name, captioner, state: captioner.availability, weight, currentWeight: 0, fallbacks };
}
