import { type OperatorFunction, map, of, pipe } from 'rxjs';
import type { Frame } from '../frame/frame.ts';
import { attempt } from '../stage/attempt.ts';
import type { Reject } from '../stage/reject.ts';
import type { Answer, Attempt, Caption } from './caption.ts';
import { contradictsMotion } from '../motion/contradictsMotion.ts';
import type { Captioner } from './captioner.ts';
import type { CaptionRequest } from './captionRequest.ts';
import type { Prompt } from './prompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import { readStructured } from './structured/readStructured.ts';

export interface InterpretOptions {
  readonly captioner: Captioner;
  readonly prompt: Prompt;
  /** How old a frame may get before its caption is of no use, in milliseconds; Infinity: it waits. */
  readonly maxDelayMs: number;
  /** The share of every rate limit that this instance may use now, 0 to 1; absent: all of it. */
  readonly share?: (() => number) | undefined;
  /** Takes frames that got no caption. Absent: the Observable errors. */
  readonly reject?: Reject | undefined;
}

/** A frame with the attempts made for it: the route must be known also when all of them fail. */
type FrameOnRoute = Frame & { readonly route: Attempt[] };

/**
 * Asks the captioner for each frame. How many calls run at once is the captioner's own matter, so captions may
 * overtake each other; what waits there is bounded by the gate. Nothing queues here.
 */
export const interpret = ({ captioner, prompt, maxDelayMs, share, reject }: InterpretOptions): OperatorFunction<Frame, Caption> =>
  pipe(
    map((frame: Frame): FrameOnRoute => ({ ...frame, route: [] })),
    attempt(
      'interpret',
      (frame) => {
        const { image } = frame;
        if (!image) return of(quiet(frame));
        const words = prompt.ask(frame);
        const request: CaptionRequest = {
          id: frame.id,
          sensor: frame.sensor,
          image,
          window: frame.window,
          prompt: words,
          route: frame.route,
          deadlineMs: performance.now() + maxDelayMs,
          ...(share && { share }),
        };
        return captioner(request).pipe(map((answer) => captioned(frame, answer, words)));
      },
      {
        reject,
        concurrency: Infinity,
        // Without the picture: pictures stay out of dead letters, and the position and the window suffice to draw it again.
        evidence: ({ id, window, route }) => ({ id, start: window.start, end: window.end, route }),
      },
    ),
  );

const quiet = (frame: FrameOnRoute): Caption => {
  const { sensor, position, ack } = frame;
  return { sensor, position, ack, frame, route: [], promptHash: '' };
};

const captioned = (frame: FrameOnRoute, answer: Answer, words: PromptRequest): Caption => {
  const { sensor, position, ack, route } = frame;
  const { motion } = frame.window;
  const found = readAnswer(answer, words);
  const contradicted = motion !== undefined && contradictsMotion(found.text, motion) ? ['direction_contradicted'] : [];
  const flags = [...new Set([...answer.flags, ...found.flags, ...contradicted])];
  return { sensor, position, ack, frame, answer: { ...answer, flags }, ...found.parts, route, promptHash: words.hash };
};

/** Structured answers are parsed here and not in the provider, so that the ledger remembers what was paid for as it came. */
function readAnswer(
  answer: Answer,
  { schema }: PromptRequest,
): { text: string; flags: readonly string[]; parts?: Pick<Caption, 'structured' | 'words'> } {
  if (!schema || answer.flags.includes('motion_only')) return { text: answer.text, flags: [] };
  const { structured, text, flags } = readStructured(answer.text);
  return { text, flags, parts: { words: text, ...(structured && { structured }) } };
}
