import type { ImageDetail } from '../../imageDetail.ts';
import type { Thinking } from '../../thinking.ts';

/** What both APIs of OpenAI's models have in common. */
export interface OpenaiCodecOptions {
  readonly model: string;
  readonly temperature?: number | undefined;
  /** Left out where undefined: imitators may not know it. */
  readonly detail?: ImageDetail | undefined;
  readonly thinking: Thinking;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}
