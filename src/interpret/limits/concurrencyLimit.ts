/**
 * How many calls may be on their way to one target at once. The window grows and shrinks as TCP's does in CUBIC
 * (RFC 9438): after a sign of congestion it falls to 0.7 of itself, then grows along a cubic of the time since, slowly
 * near the last known ceiling and fast beyond it, so that a new capacity is found in seconds whatever the latency.
 * From the start, and after an outage, it doubles each round trip until the first sign of congestion (slow start).
 */
export interface Congestion {
  readonly limit: number;
  /** Whether the limit is one that the upstream set. */
  readonly congested: boolean;
  /** A call was answered. `inUse`: nearly all of the window was taken while it ran. */
  grow(inUse: boolean, nowMs: number): void;
  /** A call that began at `beganMs` met congestion. Calls begun before the last cut are not counted again. */
  cut(beganMs: number, nowMs: number): void;
  /** Begins small again, towards what was the limit. */
  restart(nowMs: number): void;
}

export interface CongestionOptions {
  start: number;
  min: number;
  max: number;
}

const BETA = 0.7;
/** Growth in calls per second cubed. */
const C = 0.6;

export function congestion({ start, min, max }: CongestionOptions): Congestion {
  let window = start;
  let threshold = Infinity;
  let ceiling = start;
  let epoch = 0;
  let lastCut = -Infinity;

  const cubic = (nowMs: number): number => {
    const k = Math.cbrt((ceiling * (1 - BETA)) / C);
    return C * ((nowMs - epoch) / 1000 - k) ** 3 + ceiling;
  };

  return {
    get limit() {
      return Math.max(min, Math.min(max, Math.floor(window)));
    },
    get congested() {
      return min < max && threshold < max;
    },
    grow(inUse, nowMs) {
      // A window that is not used says nothing about the upstream's capacity. Time that passes so does not count.
      if (!inUse) {
        if (window >= threshold) {
          ceiling = Math.max(ceiling, window);
          epoch = nowMs - Math.cbrt((ceiling * (1 - BETA)) / C) * 1000 + Math.cbrt(Math.max(0, ceiling - window) / C) * 1000;
        }
        return;
      }
      if (window < threshold) window = Math.min(max, window + 1, threshold);
      else window = Math.min(max, Math.max(window, Math.min(cubic(nowMs), window + 1)));
    },
    cut(beganMs, nowMs) {
      if (beganMs < lastCut) return;
      lastCut = nowMs;
      ceiling = window;
      window = Math.max(min, window * BETA);
      threshold = window;
      epoch = nowMs;
    },
    restart(nowMs) {
      threshold = Math.max(min, Math.min(threshold, window));
      ceiling = Math.max(ceiling, window);
      window = Math.max(min, Math.min(window, 2));
      epoch = nowMs;
    },
  };
}
