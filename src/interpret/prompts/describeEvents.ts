import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Frame } from '../../frame/frame.ts';
import { describeMotion } from '../../motion/describeMotion.ts';
import type { Prompt } from '../prompt.ts';
import { promptRequest } from '../promptRequest.ts';
import { structuredSchema } from '../structured/structuredSchema.ts';

export interface DescribeEventsOptions {
  /** Longest caption in words. One length for all vendors is what keeps their captions alike. @default 40 */
  words?: number;
  /**
   * Give the model what local flow measured: directions come out right more often, and captions of different vendors
   * agree more; but a model that was given the answer is no independent witness. @default false
   */
  motion?: boolean;
  /**
   * Ask for parts (short and dense caption, motion, objects, scene, confidence, doubts) instead of prose: through the
   * vendor's structured output where there is one, by words where not. @default false
   */
  structured?: boolean;
}

const schema = z.strictObject({
  words: z.int().min(5).max(200).default(40),
  motion: z.boolean().default(false),
  structured: z.boolean().default(false),
});

/** What a frame without motion is called, so that such captions are found by one word. */
export const NOTHING = 'No motion.';

/** The default prompt: what an event frame is, what this renderer's colours mean, and the house style to answer in. */
export const describeEvents = (options: DescribeEventsOptions = {}): Prompt => {
  const { words, motion, structured } = readOptions('describeEvents', schema, options);
  return {
    name: 'describeEvents',
    version: '1',
    params: { words, ...(motion && { motion }), ...(structured && { structured }) },
    ...(motion && { needs: { motion } }),
    ask: (frame) =>
      promptRequest({
        system: [...KNOWLEDGE, ...(structured ? inParts(words) : inProse(words))].join('\n'),
        user: user(frame, motion),
        maxOutputTokens: Math.ceil(words * 2.5) + (structured ? 260 : 20),
        ...(structured && { schema: structuredSchema }),
      }),
  };
};

const KNOWLEDGE = [
  'You describe pictures from an event camera. Its pixels report changes of brightness only, so the picture is no photograph.',
  'Blank areas had no change during the time window: blank is not darkness, and things that stand still vanish.',
  'Colours and grey levels are a code for events, explained with each picture: use them to see edges and motion, and never describe them.',
  'Speckle all over is sensor noise; the same edges all over the picture mean that the camera itself moved.',
  'Say what moves, how many, where, and in which direction if the picture shows it; where it does not, name no direction.',
  'Do not invent colours, readable text, identities, brands or anything else that the edges do not show; name a thing only as far as its outline allows.',
];

const inProse = (words: number): string[] => [
  `If nothing but noise is there, answer exactly: ${NOTHING}`,
  `Answer with plain prose in the present tense, one or two sentences, at most ${words} words. No preamble, no mention of the picture or the camera's frame, no Markdown, no quotes.`,
];

/** Says the fields in words, too: servers without structured output only have these. */
const inParts = (words: number): string[] => [
  'Answer with one JSON object and nothing else, with these fields:',
  `short: one sentence of at most ${Math.min(words, 20)} words. dense: plain prose in the present tense, at most ${words} words, no mention of the picture.`,
  'motion: {kind: moving, rotating, approaching, receding, flickering, still or unknown; direction: left, right, up, down, up left, up right, down left, down right, mixed, none or unknown; speed: slow, medium, fast, none or unknown; ego: true if the camera itself moved}.',
  'objects: [{name, count, region}]. scene: kind of place, or an empty string. confidence: 0 to 1. uncertain: list of what you are not sure of.',
  `refused, truncated: true or false. empty: true if nothing but noise is there; then short and dense are ${JSON.stringify(NOTHING)}.`,
];

const user = ({ window, renderer, image }: Frame, motion: boolean): string =>
  [
    `Event frame of a ${window.width}x${window.height} sensor${image ? `, drawn at ${image.width}x${image.height}` : ''}, window of ${milliseconds(window.end - window.start)} ms.`,
    renderer.legend,
    motion && window.motion ? `Measured from the events, without knowing what things are: ${describeMotion(window.motion, window)}` : '',
    'Describe what moves.',
  ]
    .filter((line) => line !== '')
    .join('\n');

/** Three digits are enough for a reader, and stable text keeps prompts alike. */
const milliseconds = (us: number): string => String(Number((us / 1000).toPrecision(3)));
