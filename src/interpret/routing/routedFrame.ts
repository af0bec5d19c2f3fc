import type { CaptionRequest } from '../captionRequest.ts';
import type { RouteTarget } from './routeTarget.ts';

/** In an outage of hours a frame goes round thousands of times; only its last failures are looked at. */
const FAILURES_KEPT = 32;

/** What a route knows of one frame on its way: where it failed, and where it may still go. */
export class RoutedFrame {
  request: CaptionRequest;
  /** The target chosen by weight; its fallbacks hold. */
  first: RouteTarget | undefined;
  /** `performance.now()` before which it is not asked again. */
  notBeforeMs = -Infinity;
  /** Rounds through its path. */
  rounds = 0;
  /** Calls that count against a target's retries. */
  readonly tries = new Map<RouteTarget, number>();
  /** Targets that are not asked any more for this frame. */
  readonly excluded = new Set<RouteTarget>();
  readonly failures: unknown[] = [];

  constructor(request: CaptionRequest) {
    this.request = request;
  }

  /** The target chosen by weight and its fallbacks; empty before the choice. */
  get path(): readonly RouteTarget[] {
    return this.first ? pathFrom(this.first) : [];
  }

  /** Whether any target is left. */
  get hasMore(): boolean {
    return !this.first || this.path.some((target) => !this.excluded.has(target));
  }

  /** Returns how often it has now failed at this target. */
  failedAt(target: RouteTarget, error: unknown): number {
    this.failures.push(error);
    if (this.failures.length > FAILURES_KEPT) this.failures.shift();
    const tries = (this.tries.get(target) ?? 0) + 1;
    this.tries.set(target, tries);
    return tries;
  }

  /** The length limit left no text: the same words with twice the room. */
  doubleRoom(): void {
    const { prompt } = this.request;
    this.request = { ...this.request, prompt: { ...prompt, maxOutputTokens: prompt.maxOutputTokens * 2 } };
  }
}

export const pathFrom = (first: RouteTarget): readonly RouteTarget[] => [first, ...first.fallbacks];
