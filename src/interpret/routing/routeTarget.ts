import type { AvailableCaptioner } from '../limits/withAvailability.ts';
import type { ErrorClass } from '../errors/errorClasses.ts';
import type { Weighted } from './weightedRoundRobin.ts';

/** A target as a route sees it. */
export interface RouteTarget extends Weighted {
  readonly name: string;
  readonly captioner: AvailableCaptioner;
  /** Asked in this order when it fails or is away. */
  fallbacks: readonly RouteTarget[];
}

export interface RouteRules {
  /** Calls of one frame to one target after the first. */
  readonly retries: number;
  /** Wait before the first of them, in milliseconds; doubled each time, with jitter. */
  readonly backoffMs: number;
  /** Longest cooldown that a frame waits out rather than going to a fallback, in milliseconds. */
  readonly maxCooldownWaitMs: number;
  /** Classes after which a fallback is asked although the fault is the frame's. */
  readonly fallbackOn: ReadonlySet<ErrorClass>;
}
