import type { Frame } from '../frame/frame.ts';
import type { Part } from '../stage/item.ts';
import type { WindowNeeds } from './plan.ts';
import type { PromptRequest } from './promptRequest.ts';

/** A way to ask. To add one, write a file in `prompts/` with a function that returns this; see `promptRequest`. */
export interface Prompt extends Part {
  readonly version: string;
  /** What it reads of a window besides the facts that every window has, so that the pipeline measures it. @default nothing */
  readonly needs?: WindowNeeds;
  /** Pure: the same frame is asked about with the same words. */
  ask(frame: Frame): PromptRequest;
}
