import type { CaptionRequest } from './captionRequest.ts';

/** When a captioner may be asked: what a combinator needs to know of its parts. Times are `performance.now()` milliseconds. */
export interface Availability {
  /** When this call may start; Infinity: not before something changes. */
  readyAt(request: CaptionRequest, nowMs: number): number;
  /** When it is back from a cooldown, an open circuit breaker or disabled keys; -Infinity: it is not away; Infinity: not without help. */
  backAt(nowMs: number): number;
  /** Whether it is known to be down: nothing is worth waiting for. */
  isDown(nowMs: number): boolean;
  /** Whether calls are held back by quotas or an outage, and not only because enough are under way. */
  isCapped(request: CaptionRequest, nowMs: number): boolean;
  /** Calls the listener when `readyAt` may have become earlier. Returns what ends it. */
  onChange(listener: () => void): () => void;
}
