import type { OperatorFunction } from 'rxjs';
import type { Frame } from './frame/frame.ts';
import type { Reject } from './stage/reject.ts';
import type { Caption } from './interpret/caption.ts';
import type { Captioner } from './interpret/captioner.ts';
import { interpret } from './interpret/interpret.ts';
import type { Prompt } from './interpret/prompt.ts';
import { describeEvents } from './interpret/prompts/describeEvents.ts';

export interface CaptionWithOptions {
  /** What is asked. @default describeEvents() */
  prompt?: Prompt;
  /** How old a frame may get before its caption is of no use, in milliseconds. @default Infinity: it waits */
  maxDelayMs?: number;
  /** Takes frames that got no caption. @default the Observable errors */
  reject?: Reject;
}

/**
 * The stage `interpret` for pipes of one's own: asks the captioner (a provider, or combinators of providers) for each
 * frame. Captions may overtake each other. How many calls run at once is the captioner's own matter; how many frames
 * wait for them is bounded by whatever feeds this operator, such as `pullMap` or a gate.
 */
export const captionWith = (
  captioner: Captioner,
  { prompt = describeEvents(), maxDelayMs = Infinity, reject }: CaptionWithOptions = {},
): OperatorFunction<Frame, Caption> => interpret({ captioner, prompt, maxDelayMs, reject });
