import type { Check } from '../published/scenario.ts';

/** A scenario of our own: what happens, and whether each thing that was promised is so. */
export interface OwnScenario {
  readonly id: string;
  readonly stimulus: string;
  /** It holds rates and percentiles to figures, which needs a machine of its own. */
  readonly measured?: boolean;
  readonly run: () => Promise<readonly Check[]>;
}
