import { hash } from 'node:crypto';
import type { OperatorFunction } from 'rxjs';
import { PipelineError, codeOf } from '../../errors.ts';
import { type Work, attempt } from '../../stage/attempt.ts';
import type { Reject } from '../../stage/reject.ts';
import type { EventWindow } from '../eventWindow.ts';
import type { Frame, Image, WindowFacts } from '../frame.ts';
import type { MotionFacts } from '../motionFacts.ts';
import { png } from './png.ts';
import type { AnyRenderer, Pixels } from '../renderer.ts';
import { windowId } from '../windowing/windowId.ts';

export interface FrameOptions {
  readonly renderer: AnyRenderer;
  /** Windows with fewer events per pixel of the sensor are quiet: recorded, and nobody is asked. */
  readonly quietBelow: number;
  /** Measures the motion of windows that are drawn. Absent: nobody asked for it. */
  readonly motion?: ((window: EventWindow) => MotionFacts) | undefined;
}

export interface RenderStageOptions extends FrameOptions {
  /** Pictures encoded at once. */
  readonly concurrency: number;
  /** Failures that are not the window's, beside a wrong configuration: they end the run. @default none */
  readonly fatal?: (cause: unknown) => boolean;
}

/** Draws each window and encodes it as PNG. Quiet windows become frames without a picture. `work` is how, where it is done elsewhere. */
export const render = (
  { concurrency, fatal = () => false, ...options }: RenderStageOptions,
  reject: Reject,
  work: Work<EventWindow, Frame> = frameOf(options),
): OperatorFunction<EventWindow, Frame> =>
  attempt('render', work, reject, {
    concurrency,
    fatal: (cause) => codeOf(cause) === 'CONFIG_INVALID' || fatal(cause),
    evidence: (window) => ({ id: windowId(window), start: window.start, end: window.end }),
  });

/** The frame of one window. Throws PipelineError RENDER_FAILED, or whatever the renderer throws. */
export const frameOf =
  ({ renderer, quietBelow, motion }: FrameOptions) =>
  (window: EventWindow): Frame | Promise<Frame> => {
    const { sensor, position, ack } = window;
    const { name, params, legend } = renderer;
    const frame = { sensor, position, ack, id: windowId(window), window: factsOf(window), renderer: { name, params, legend } };
    if (window.count < quietBelow * window.width * window.height) return frame;
    const facts = motion ? { ...frame.window, motion: motion(window) } : frame.window;
    const pixels = drawn(renderer, window);
    return (pixels instanceof Promise ? pixels.then(encode) : encode(pixels)).then((image) => ({ ...frame, window: facts, image }));
  };

function drawn(renderer: AnyRenderer, window: EventWindow): Pixels | Promise<Pixels> {
  if (window.width > 0 && window.height > 0) return renderer.draw(window);
  throw new PipelineError(
    'RENDER_FAILED',
    `window at ${window.start} µs of ${window.sensor} has no geometry: give width and height to the source`,
  );
}

/** A lossy format would smear single pixels. The bytes depend on the pixels alone, so the digest identifies the frame. */
export async function encode(pixels: Pixels): Promise<Image> {
  const bytes = await png(pixels);
  const { width, height } = pixels;
  return { bytes, mediaType: 'image/png', width, height, sha256: hash('sha256', bytes) };
}

const factsOf = ({ start, end, closedBy, count, on, width, height, capturedAtUs }: EventWindow): WindowFacts => ({
  start,
  end,
  closedBy,
  count,
  on,
  width,
  height,
  capturedAtUs,
});
