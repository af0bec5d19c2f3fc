import type { Reach } from '../stage/reach.ts';

/** One upstream as the configuration has it. */
export interface TargetPlan {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** Parameters that change the answer; part of the request hash. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Limits for people: `500 requests/min`, ... */
  readonly limits: readonly string[];
  /** What it reads of a window besides the picture, so that the pipeline measures it. @default nothing */
  readonly needs?: WindowNeeds;
  /**
   * Worst-case cost of one call in USD for an image of this size, a prompt of this many tokens and an answer of at most
   * `outputTokens` (@default 1024); null where the price is not known.
   */
  worstCostUsd(image: { width: number; height: number }, promptTokens: number, outputTokens?: number): number | null;
  /** Where its calls go; absent: it does not say. */
  readonly reaches?: readonly Reach[];
  /** Names of key variables that are not set. */
  missingKeys(): readonly string[];
}

/** What a prompt or a target reads of a window that is measured on request only. */
export interface WindowNeeds {
  /** The motion that the events of the window show by themselves. */
  readonly motion?: boolean;
}

/** The paths that a captioner may take, for `check` and for `explain`. */
export interface Plan {
  readonly targets: readonly TargetPlan[];
  /** The target asked first with its share of the frames (0..1), then the fallbacks, by name of the target. */
  readonly paths: readonly { readonly share: number; readonly order: readonly string[] }[];
  /** What surrounds them, for people: `up to 2 retries`, `an answer within 30 s`, ... */
  readonly notes: readonly string[];
}
