import { hash } from 'node:crypto';
import type { OperatorFunction } from 'rxjs';
import { PipelineError, codeOf } from '../../errors.ts';
import { type Work, attempt } from '../../stage/attempt.ts';
import { perSensor } from '../../stage/perSensor.ts';
import type { Reject } from '../../stage/reject.ts';
import type { EventWindow } from '../eventWindow.ts';
import type { Frame, Image, WindowFacts } from '../frame.ts';
import type { MotionFacts } from '../motionFacts.ts';
import { png } from './png.ts';
import type { AnyRenderer, Pixels } from '../renderer.ts';
import { windowId } from '../windowing/windowId.ts';

export interface FrameOptions {
  /** Windows with fewer events per pixel of the sensor are quiet: recorded, and no model is asked. @default 0.02 */
  quietBelow?: number;
  /** Measures the motion of windows that are drawn; see measureMotion. @default not measured */
  motion?: ((window: EventWindow) => MotionFacts) | undefined;
}

export interface RenderOptions extends FrameOptions {
  /** Pictures of one sensor that are encoded at once. @default 2 */
  concurrency?: number;
  /** Takes windows that cannot be drawn. @default the Observable errors */
  reject?: Reject | undefined;
}

/** Sensors whose windows are drawn side by side; there is no more to keep of a sensor than what is on its way. */
const FLOWS = 256;

/** Events per pixel below which a window is quiet, and pictures encoded at once for one sensor. */
export const renderDefaults = { quietBelow: 0.02, concurrency: 2 } as const;

/** Draws each window and encodes it as PNG. Quiet windows become frames without a picture. */
export const render = (renderer: AnyRenderer, options: RenderOptions = {}): OperatorFunction<EventWindow, Frame> =>
  renderBy(frameOf(renderer, options), options);

/**
 * The same for windows that are drawn elsewhere, such as in a worker thread.
 *
 * @param fatal failures that are not the window's, beside a wrong configuration: they end the run
 */
export const renderBy = (
  draw: Work<EventWindow, Frame>,
  { concurrency = renderDefaults.concurrency, reject }: Pick<RenderOptions, 'concurrency' | 'reject'>,
  fatal: (cause: unknown) => boolean = () => false,
): OperatorFunction<EventWindow, Frame> =>
  perSensor(
    attempt('render', draw, {
      reject,
      concurrency,
      fatal: (cause) => codeOf(cause) === 'CONFIG_INVALID' || fatal(cause),
      evidence: (window) => ({ id: windowId(window), start: window.start, end: window.end }),
    }),
    { sensors: FLOWS },
  );

/** The frame of one window. Throws PipelineError RENDER_FAILED, or whatever the renderer throws. */
export const frameOf =
  (renderer: AnyRenderer, { quietBelow = renderDefaults.quietBelow, motion }: FrameOptions = {}) =>
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
  const { horizonUs = 0 } = renderer;
  if ((window.horizonUs ?? 0) < horizonUs) {
    const what = `${renderer.name} needs the events of ${horizonUs} µs before each window, and windows carry ${window.horizonUs ?? 0} µs`;
    throw new PipelineError('CONFIG_INVALID', `${what}; give windows(..., { horizonUs: ${horizonUs} })`);
  }
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

const factsOf = ({ start, end, closedBy, isCut, count, on, width, height, capturedAtUs }: EventWindow): WindowFacts => ({
  start,
  end,
  closedBy,
  ...(isCut && { isCut }),
  count,
  on,
  width,
  height,
  capturedAtUs,
});
