import type { Part } from '../stage/item.ts';
import type { EventWindow } from './eventWindow.ts';

/** A picture without compression, row by row from the top left. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: RGB. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** A way to draw a window, synchronously or not. To add one, write a file in `renderers/` with a function that returns this. */
export interface Renderer<Drawn extends Pixels | Promise<Pixels> = Pixels> extends Part {
  readonly params: Readonly<Record<string, unknown>>;
  /** What the colours mean, as a sentence for the prompt, made from the renderer's own parameters. */
  readonly legend: string;
  /** Events before the window's start that the picture depends on, in microseconds. @default 0 */
  readonly horizonUs?: number;
  /**
   * A pure function of the window and the parameters. Throws PipelineError RENDER_FAILED, which rejects this window, or
   * CONFIG_INVALID, which ends the run.
   */
  draw(window: EventWindow): Drawn;
}

export type AnyRenderer = Renderer<Pixels | Promise<Pixels>>;
