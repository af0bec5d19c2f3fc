/** The calls to one target. */
export interface TargetSummary {
  readonly target: string;
  /** Calls made. */
  readonly asked: number;
  readonly answered: number;
  readonly rateLimited: number;
  /** Frames that this target failed and another one answered. */
  readonly fellBack: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** USD; null when a price was not known. */
  readonly costUsd: number | null;
  /** Milliseconds from the call to the answer; null without answers. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Every window of a run: `windows = captioned + quiet + deadLettered + open`. */
export interface Summary {
  readonly windows: number;
  readonly captioned: number;
  readonly quiet: number;
  readonly deadLettered: number;
  /** Windows that are in flight; 0 at the end of a run. */
  readonly open: number;
  /** Windows that an earlier run had finished: not counted in `windows`. */
  readonly skipped: number;
  /** Packets that could not be decoded. They are dead letters too, but were never windows. */
  readonly packetsRejected: number;
  /** Packets with events that came after their windows had been closed. */
  readonly late: number;
  readonly packets: number;
  readonly costUsd: number | null;
  readonly seconds: number;
  readonly targets: readonly TargetSummary[];
}
