import { vendorAccuracy } from '../../drift/vendorAccuracy.ts';
import type { SampledCaption } from './driftSample.ts';

/** How well the targets can be told apart by a sample of their captions. */
export interface SampledDrift {
  /** Accuracy of guessing the target from the captions as they came, and in house style, 0..1. */
  readonly raw: number;
  readonly normalised: number;
  readonly chance: number;
}

/** Targets with fewer captions in the sample are left out. */
const FEWEST = 40;

/** Undefined where there are not two targets with enough captions. Takes some hundred milliseconds. */
export function measureDrift(sampled: readonly SampledCaption[]): SampledDrift | undefined {
  const byTarget = Map.groupBy(sampled, ({ target }) => target);
  const enough = sampled.filter(({ target }) => byTarget.get(target)!.length >= FEWEST);
  const targets = new Set(enough.map(({ target }) => target));
  if (targets.size < 2) return undefined;
  const vendors = enough.map(({ target }) => target);
  const images = enough.map(({ frame }) => frame);
  return {
    raw: vendorAccuracy({ texts: enough.map(({ raw }) => raw), vendors, images }),
    normalised: vendorAccuracy({ texts: enough.map(({ normalised }) => normalised), vendors, images }),
    chance: Math.max(...[...targets].map((target) => byTarget.get(target)!.length)) / enough.length,
  };
}
