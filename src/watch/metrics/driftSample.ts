import { vendorAccuracy } from '../../drift/vendorAccuracy.ts';
import type { NormalisedCaption } from '../../normalise/normalise.ts';

/** How well the targets can be told apart by a sample of their captions. */
export interface SampledDrift {
  /** Accuracy of guessing the target from the captions as they came, and in house style, 0..1. */
  readonly raw: number;
  readonly normalised: number;
  readonly chance: number;
}

/** Captions in the sample: enough for a trend, few enough to be measured in some hundred milliseconds. */
const SIZE = 300;
/** Targets with fewer captions in the sample are left out. */
const FEWEST = 40;

/**
 * A sample of the latest captions. Unlike `saccade drift` it compares captions of different frames, so it holds
 * what the frames differ in, too: good for a trend, not for a comparison of targets.
 */
export function driftSample(): { add: (caption: NormalisedCaption) => void; measure: () => SampledDrift | undefined } {
  const sampled: { raw: string; normalised: string; target: string; frame: string }[] = [];
  let count = 0;
  return {
    add({ answer, draft, frame }) {
      if (!answer || !draft) return;
      sampled[count % SIZE] = { raw: answer.text, normalised: draft.text, target: answer.target, frame: frame.id };
      count += 1;
    },
    measure() {
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
    },
  };
}
