import { brokenBodies } from './brokenBodies.ts';
import { outages } from './outages.ts';
import { rateLimits } from './rateLimits.ts';
import { refusals } from './refusals.ts';
import type { Scenario } from './scenario.ts';
import { serverErrors } from './serverErrors.ts';

/** The sixteen. Sources of the expectations: the published table; where it speaks of streams, what that means for one JSON body. */
export const scenarios: readonly Scenario[] = [...rateLimits, ...serverErrors, ...brokenBodies, ...refusals, ...outages];
