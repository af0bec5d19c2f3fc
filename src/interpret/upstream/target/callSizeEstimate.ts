import type { CaptionRequest } from '../../captionRequest.ts';
import { type CallSize, callSize } from '../../limits/quota/callSize.ts';
import { imageTokens } from '../../pricing/imageTokens.ts';
import type { ModelFacts } from '../../pricing/modelFacts.ts';
import { textTokens } from '../../pricing/textTokens.ts';

/** Tokens around the words and the picture of a request. */
const FRAME_TOKENS = 12;
/** How much the latest answer counts in the running mean. */
const LATEST = 0.05;

/** Estimates what calls take from the quotas; the output from what answers took so far. */
export class CallSizeEstimate {
  readonly #facts: ModelFacts;
  readonly #lowDetail: boolean;
  #typicalOutput: number | undefined;

  constructor(facts: ModelFacts, lowDetail = false) {
    this.#facts = facts;
    this.#lowDetail = lowDetail;
  }

  of({ image, prompt }: CaptionRequest): CallSize {
    const picture = imageTokens(this.#facts.image, image.width, image.height, this.#lowDetail);
    const input = picture + textTokens(prompt.system, prompt.user) + FRAME_TOKENS;
    return callSize(input, Math.ceil(this.#typicalOutput ?? prompt.maxOutputTokens / 2));
  }

  /** What an answer took. */
  observe(outputTokens: number): void {
    this.#typicalOutput = this.#typicalOutput === undefined ? outputTokens : this.#typicalOutput * (1 - LATEST) + outputTokens * LATEST;
  }
}
