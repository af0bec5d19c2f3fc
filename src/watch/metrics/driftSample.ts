import type { NormalisedCaption } from '../../normalise/normalise.ts';

/** What is compared of a caption. */
export interface SampledCaption {
  readonly raw: string;
  readonly normalised: string;
  readonly target: string;
  readonly frame: string;
}

/** Captions in the sample: enough for a trend, few enough to be measured in some hundred milliseconds. */
const SIZE = 300;

/**
 * A sample of the latest captions. Unlike `saccade drift` it compares captions of different frames, so it holds
 * what the frames differ in, too: good for a trend, not for a comparison of targets.
 */
export function driftSample(): { add: (caption: NormalisedCaption) => void; captions: readonly SampledCaption[] } {
  const captions: SampledCaption[] = [];
  let count = 0;
  return {
    captions,
    add({ answer, draft, frame }) {
      if (!answer || !draft) return;
      captions[count % SIZE] = { raw: answer.text, normalised: draft.text, target: answer.target, frame: frame.id };
      count += 1;
    },
  };
}
