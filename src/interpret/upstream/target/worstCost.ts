import type { CaptionRequest } from '../../captionRequest.ts';
import type { TargetPlan } from '../../plan.ts';
import { worstCostUsd } from '../../pricing/worstCostUsd.ts';

/** What is reserved of a budget for the calls of one target: the worst case, raised where a call cost more than that. */
export class WorstCost {
  readonly #plan: TargetPlan;
  #factor = 1;

  constructor(plan: TargetPlan) {
    this.#plan = plan;
  }

  of(request: CaptionRequest): number {
    return this.#factor * worstCostUsd(this.#plan, request);
  }

  /** What a call really cost. */
  observe(request: CaptionRequest, costUsd: number): void {
    this.#factor *= Math.max(1, costUsd / this.of(request));
  }
}
