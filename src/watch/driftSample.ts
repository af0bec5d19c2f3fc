import { vendorAccuracy } from '../drift/vendorAccuracy.ts';
import type { NormalisedCaption } from '../normalise/normalise.ts';

/** What the sampled captions tell of their models. */
export interface SampledDrift {
  /** Accuracy of guessing the target from the captions as they came, and in house style, 0..1. */
  readonly raw: number;
  readonly normalised: number;
  readonly chance: number;
}

/** Captions kept: enough for a trend, few enough to be measured in some hundred milliseconds. */
const KEPT = 300;
/** Fewer of a target say nothing. */
const FEWEST = 40;

/**
 * A sample of the latest captions. Unlike `saccade drift` it compares captions of different frames, so it holds
 * what the frames differ in, too: good for a trend, not for a claim.
 */
export function driftSample(): { see: (caption: NormalisedCaption) => void; measure: () => SampledDrift | undefined } {
  const kept: { raw: string; tidy: string; target: string; frame: string }[] = [];
  let seen = 0;
  return {
    see({ answer, draft, frame }) {
      if (!answer || !draft) return;
      kept[seen % KEPT] = { raw: answer.text, tidy: draft.text, target: answer.target, frame: frame.id };
      seen += 1;
    },
    measure() {
      const counts = Map.groupBy(kept, ({ target }) => target);
      const enough = kept.filter(({ target }) => counts.get(target)!.length >= FEWEST);
      const targets = new Set(enough.map(({ target }) => target));
      if (targets.size < 2) return undefined;
      const vendors = enough.map(({ target }) => target);
      const images = enough.map(({ frame }) => frame);
      return {
        raw: vendorAccuracy({ texts: enough.map(({ raw }) => raw), vendors, images }),
        normalised: vendorAccuracy({ texts: enough.map(({ tidy }) => tidy), vendors, images }),
        chance: Math.max(...[...targets].map((target) => counts.get(target)!.length)) / enough.length,
      };
    },
  };
}
