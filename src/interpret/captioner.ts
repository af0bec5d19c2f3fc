import type { Observable } from 'rxjs';
import type { Image, WindowFacts } from '../frame/frame.ts';
import type { Answer, Attempt } from './caption.ts';
import type { Asked } from './prompt.ts';

/** One frame to be described. */
export interface CaptionRequest {
  readonly id: string;
  readonly sensor: string;
  /** Without bytes: a question of words alone, for text models. */
  readonly image: Image;
  readonly window: WindowFacts;
  readonly prompt: Asked;
  /** Every attempt is appended here by the target that made it, also when the caller has hung up. */
  readonly route: Attempt[];
  /** `performance.now()` after which the caption is of no use; Infinity where it may wait. */
  readonly deadlineMs: number;
  /** What every call must be paid from; absent: there is no cap. */
  readonly purse?: Purse;
  /** The part of every rate limit that this instance may use now, 0 to 1; absent: all of it. */
  readonly share?: () => number;
  /** Asked right before each call; where it says no, the call is not made and the request errors with CLAIM_EXPIRED. Absent: always. */
  readonly mayCall?: () => boolean;
}

/** Money with a cap. */
export interface Purse {
  /** Sets the worst case of one call aside; undefined where that would pass the cap. Returns what takes the real cost. */
  hold(worstUsd: number): ((usd: number) => void) | undefined;
}

/** One upstream as the configuration has it. */
export interface TargetPlan {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** Parameters that change the answer; part of the request hash. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Limits for people: `500 requests/min`, ... */
  readonly limits: readonly string[];
  /**
   * Worst-case cost of one call in USD for an image of this size, a prompt of this many tokens and an answer of at most
   * `outputTokens` (@default 1024); null where the price is not known.
   */
  worstCostUsd(image: { width: number; height: number }, promptTokens: number, outputTokens?: number): number | null;
  /** Names of key variables that are not set. */
  missingKeys(): readonly string[];
}

/** The paths that a captioner may take, for `check` and for `explain`. */
export interface Plan {
  readonly targets: readonly TargetPlan[];
  /** First choice with its share of the frames (0..1), then the fallbacks, by name of the target. */
  readonly paths: readonly { readonly share: number; readonly order: readonly string[] }[];
  /** What surrounds them, for people: `retry 2 times`, `total deadline 30 s`, ... */
  readonly notes: readonly string[];
}

/**
 * Anything that can say what a frame shows: a provider, or a combinator of captioners. A cold Observable of one
 * answer: subscribe to ask, unsubscribe to hang up. Errors with a PipelineError: PROVIDER_FAILED (see `retryable`),
 * PROVIDER_REFUSED, PROVIDERS_EXHAUSTED, BUDGET_SPENT or DEADLINE_PASSED.
 */
export interface Captioner {
  (request: CaptionRequest): Observable<Answer>;
  readonly plan: Plan;
  /** When it may be asked. Absent: always. */
  readonly lane?: Lane;
  /** The same captioner under the name that a route gives it. */
  readonly named?: (name: string) => Captioner;
  /** Ends connections and timers. */
  readonly close?: () => Promise<void>;
}

/** What a route needs to know of a target to choose well: when it may be asked. Times are `performance.now()` milliseconds. */
export interface Lane {
  /** When this call may start; Infinity: not before something changes. */
  readyAt(request: CaptionRequest, nowMs: number): number;
  /** When the target is back from a cooldown, an open breaker or dead keys; -Infinity: it is not away; Infinity: not without help. */
  backAt(nowMs: number): number;
  /** Whether the target is known to be down: nothing is worth waiting for. */
  isDown(nowMs: number): boolean;
  /** Whether calls are held back by quotas or an outage, and not only because enough are on their way. */
  isCapped(request: CaptionRequest, nowMs: number): boolean;
  /** Called when `readyAt` may have become earlier. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

/** Makes a captioner out of the function and its plan. */
export const captioner = (ask: (request: CaptionRequest) => Observable<Answer>, plan: Plan, close?: () => Promise<void>): Captioner =>
  Object.assign(ask, close ? { plan, close } : { plan });
