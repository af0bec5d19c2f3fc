import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import type { Frame } from '../../frame/frame.ts';
import { readOptions } from '../../readOptions.ts';
import { describeMotion } from '../../motion/describeMotion.ts';
import type { Prompt } from '../prompt.ts';
import { promptRequest } from '../promptRequest.ts';
import { structuredSchema } from '../structured/structuredSchema.ts';

export interface TemplateOptions {
  /** What kind of pictures these are and how to describe them. Names in braces are filled in: see `user`. */
  system: string;
  /**
   * What is asked of one frame. In braces: {legend} what the renderer's colours mean, {windowMs}, {sensorWidth},
   * {sensorHeight}, {width}, {height} of the picture, {events}, {onShare} in percent, {sensor}, {words}, {motion} what
   * local flow measured. `{{` is a brace.
   */
  user: string;
  /** Longest caption in words, for {words} and for the limit of tokens. @default 40 */
  words?: number;
  /** Ask for parts through the vendor's structured output. @default false */
  structured?: boolean;
}

const schema = z.strictObject({
  system: z.string().min(1, 'must say something'),
  user: z.string().min(1, 'must say something'),
  words: z.int().min(5).max(200).default(40),
  structured: z.boolean().default(false),
});

/** Your own words, checked when the pipeline is made: an unknown name in braces never reaches a model. */
export const template = (options: TemplateOptions): Prompt => {
  const params = readOptions('template', schema, options);
  const { system, user, words, structured } = params;
  const [fillSystem, fillUser] = [compiled('system', system), compiled('user', user)];
  const motion = /\{motion\}/.test(system + user);
  return {
    name: 'template',
    version: '1',
    params: motion ? { ...params, motion } : params,
    ...(motion && { needs: { motion } }),
    ask: (frame) =>
      promptRequest({
        system: fillSystem(frame, words),
        user: fillUser(frame, words),
        maxOutputTokens: Math.ceil(words * 2.5) + (structured ? 260 : 20),
        ...(structured && { schema: structuredSchema }),
      }),
  };
};

type Fill = (frame: Frame, words: number) => string | number;

const NAMES: Readonly<Record<string, Fill>> = {
  legend: ({ renderer }) => renderer.legend,
  windowMs: ({ window }) => Number(((window.end - window.start) / 1000).toPrecision(3)),
  sensorWidth: ({ window }) => window.width,
  sensorHeight: ({ window }) => window.height,
  width: ({ image, window }) => image?.width ?? window.width,
  height: ({ image, window }) => image?.height ?? window.height,
  events: ({ window }) => window.count,
  onShare: ({ window }) => Math.round((100 * window.on) / Math.max(1, window.count)),
  sensor: ({ sensor }) => sensor,
  words: (_, words) => words,
  motion: ({ window }) => (window.motion ? describeMotion(window.motion, window) : ''),
};

function compiled(field: string, text: string): (frame: Frame, words: number) => string {
  for (const [whole, name] of text.replaceAll('{{', '').matchAll(/\{([^{}]*)\}/g)) {
    if (name !== undefined && name in NAMES) continue;
    const known = Object.keys(NAMES).map((one) => `{${one}}`);
    throw new PipelineError(
      'CONFIG_INVALID',
      `template.${field}: unknown name ${whole}; there are ${known.join(', ')}, and {{ for a brace`,
    );
  }
  return (frame, words) =>
    text.replaceAll(/\{\{|\{([^{}]*)\}/g, (whole, name: string | undefined) =>
      name === undefined ? whole.slice(1) : String(NAMES[name]!(frame, words)),
    );
}
