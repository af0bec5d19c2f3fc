/**
 * Stops asking an upstream that is down. Open after `failures` of the last calls failed and at least half of them did;
 * then one probe each interval; after a good probe it comes back on a ramp: no faster than `RAMP_TIMES` the rate it
 * had before, so that what has piled up does not knock it over again.
 */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'probing' | 'ramping';
  /** `performance.now()` at which a call may start. */
  readyAt(nowMs: number): number;
  /** A call starts. Returns whether it is a probe. */
  begin(nowMs: number): boolean;
  /** A call ended. `sick`: it failed in a way that speaks against the upstream; undefined: it says nothing. */
  end(probe: boolean, sick: boolean | undefined, nowMs: number): void;
}

export interface BreakerOptions {
  /** Failures that open it. @default 5 */
  failures?: number | undefined;
  /** Milliseconds between the first probes. @default 1000 */
  probeEveryMs?: number | undefined;
  /** The interval grows by half with each failed probe, up to this. @default 1500 */
  probeAtMostEveryMs?: number | undefined;
  /** Milliseconds of the way back, at least. @default 10000 */
  rampMs?: number | undefined;
}

const WINDOW = 20;
const FRESH_MS = 30_000;
const RAMP_TIMES = 1.8;
/** A ramp ends when it held nobody back for so long. */
const IDLE_MS = 250;
/** After so long it is lifted slowly, for those who have grown. */
const PATIENT_MS = 60_000;

export function breaker({ failures = 5, probeEveryMs = 1_000, probeAtMostEveryMs = 1_500, rampMs = 10_000 }: BreakerOptions): Breaker {
  let state: Breaker['state'] = 'closed';
  let outcomes: { readonly sick: boolean; readonly at: number }[] = [];
  let intervalMs = probeEveryMs;
  let nextProbeAt = 0;
  let rampFrom = 0;
  let nextRampAt = 0;
  const rate = startRate();

  const open = (nowMs: number): void => {
    if (state === 'closed') rate.freeze();
    state = 'open';
    outcomes = [];
    nextProbeAt = nowMs + intervalMs;
  };
  const rampGapMs = (nowMs: number): number => {
    const sinceMs = nowMs - rampFrom;
    const share = Math.min(1, 0.2 + sinceMs / (rampMs / 2)) * 1.02 ** Math.max(0, (sinceMs - PATIENT_MS) / 1000);
    return 1000 / Math.max(1, rate.frozen() * RAMP_TIMES * share);
  };

  return {
    get state() {
      return state;
    },
    readyAt(nowMs) {
      if (state === 'closed') return -Infinity;
      if (state === 'open' || state === 'probing') return nextProbeAt;
      // While more is asked for than the ramp lets through, what piled up is still there.
      if (nowMs > rampFrom + rampMs && nowMs > nextRampAt + IDLE_MS) state = 'closed';
      return state === 'closed' ? -Infinity : nextRampAt;
    },
    begin(nowMs) {
      rate.count(nowMs);
      if (state === 'ramping') nextRampAt = Math.max(nextRampAt, nowMs - 100) + rampGapMs(nowMs);
      if (state !== 'open' && state !== 'probing') return false;
      state = 'probing';
      // A probe may hang until its deadline, long after the upstream is back: the next one does not wait for it.
      nextProbeAt = nowMs + probeAtMostEveryMs;
      return true;
    },
    end(probe, sick, nowMs) {
      if (probe) {
        // One that hung, when another has already been answered.
        if (state !== 'open' && state !== 'probing') return;
        if (sick === false) {
          state = 'ramping';
          intervalMs = probeEveryMs;
          rampFrom = nowMs;
          nextRampAt = nowMs;
        } else if (state === 'probing') {
          if (sick) intervalMs = Math.min(probeAtMostEveryMs, intervalMs * 1.5);
          open(nowMs);
        }
        return;
      }
      if (sick === undefined || state === 'open' || state === 'probing') return;
      outcomes.push({ sick, at: nowMs });
      while (outcomes.length > WINDOW || outcomes[0]!.at < nowMs - FRESH_MS) outcomes.shift();
      const bad = outcomes.reduce((sum, outcome) => sum + Number(outcome.sick), 0);
      if (sick && bad >= failures && bad * 2 >= outcomes.length) open(nowMs);
    },
  };
}

/**
 * Calls started per second, of the last ten seconds that saw any: before an outage in which calls hang until their
 * deadline none was started for as long, and that is not the rate.
 */
function startRate(): { count(nowMs: number): void; freeze(): void; frozen(): number } {
  const SECONDS = 10;
  const starts: number[] = [];
  let second = -1;
  let kept = 1;
  return {
    count(nowMs) {
      const current = Math.floor(nowMs / 1000);
      if (current !== second) {
        starts.push(0);
        if (starts.length > SECONDS) starts.shift();
      }
      second = current;
      starts[starts.length - 1]!++;
    },
    freeze() {
      // The median: the burst of the failure itself is not the steady rate.
      const sorted = starts.toSorted((a, b) => a - b);
      kept = Math.max(1, sorted[Math.floor(sorted.length / 2)] ?? 1);
    },
    frozen: () => kept,
  };
}
