import { atTheQuotas } from './atTheQuotas.ts';
import { deadKey } from './deadKey.ts';
import { backAtFullLoad, rateLimitedEverywhere } from './outages.ts';
import type { OwnScenario } from './ownScenario.ts';
import { rareTarget } from './rareTarget.ts';
import { repliesWithoutText, silenceAfterHeaders } from './replies.ts';
import { growingWaits, retryAfterForms, secondCooldownShorter } from './retryAfter.ts';
import { sameFrameTwice } from './sameFrameTwice.ts';
import { shutdownInFlight } from './shutdownInFlight.ts';
import { slowTail } from './slowTail.ts';

/** X01 to X13. */
export const ownScenarios: readonly OwnScenario[] = [
  retryAfterForms,
  growingWaits,
  silenceAfterHeaders,
  repliesWithoutText,
  deadKey,
  rateLimitedEverywhere,
  backAtFullLoad,
  atTheQuotas,
  slowTail,
  sameFrameTwice,
  secondCooldownShorter,
  rareTarget,
  shutdownInFlight,
];
