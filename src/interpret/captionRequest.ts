import type { Image, WindowFacts } from '../frame/frame.ts';
import type { Attempt } from './caption.ts';
import type { PromptRequest } from './promptRequest.ts';

/** One frame to be described. */
export interface CaptionRequest {
  readonly id: string;
  readonly sensor: string;
  /** Without bytes: a request of words alone, for text models. */
  readonly image: Image;
  readonly window: WindowFacts;
  readonly prompt: PromptRequest;
  /** Every attempt is appended here by the target that made it, also when the caller has hung up. */
  readonly route: Attempt[];
  /** `performance.now()` after which the caption is of no use; Infinity where it may wait. */
  readonly deadlineMs: number;
  /** What every call must be paid from; absent: there is no cap. */
  readonly budget?: Budget;
  /** The part of every rate limit that this instance may use now, 0 to 1; absent: all of it. */
  readonly share?: () => number;
  /** Asked right before each call; where it says no, the call is not made and the request errors with CLAIM_EXPIRED. Absent: always. */
  readonly mayCall?: () => boolean;
}

/** Money with a cap. */
export interface Budget {
  /** Reserves the worst-case cost of one call; undefined where that would pass the cap. Returns what takes the real cost. */
  reserve(worstUsd: number): SettleCost | undefined;
}

/** Ends a reservation with what the call really cost. */
export type SettleCost = (costUsd: number) => void;
