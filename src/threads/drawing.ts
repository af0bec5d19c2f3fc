import type { Observable, OperatorFunction } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import { decode } from '../decode/decode.ts';
import type { Pipeline } from '../definePipeline.ts';
import { cut } from '../frame/windowing/cut.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import type { Frame } from '../frame/frame.ts';
import { measureMotion } from '../motion/measureMotion.ts';
import { type FrameOptions, render } from '../frame/rendering/render.ts';
import type { AssignerOptions } from '../frame/windowing/windowAssigner.ts';
import type { Gate } from '../stage/gate.ts';
import type { Reject } from '../stage/reject.ts';

/** The part of the flow that computes: packets of one sensor to windows, windows to frames. On this thread, or off it. */
export interface Drawing {
  /** Decodes, filters and cuts one stretch of a sensor's packets; `after` is the last window that was done before it, `idleAt` where silence ended windows. */
  readonly cut: (
    packets: Observable<Packet>,
    after: AssignerOptions['after'],
    idleAt: readonly number[] | undefined,
  ) => Observable<EventWindow>;
  /** Draws windows that `cut` made. */
  readonly render: OperatorFunction<EventWindow, Frame>;
  /** Resolves when a packet may be pulled: the gate is open, and what was pulled before has been taken. */
  opened(): Promise<void>;
  /** Resolves when every ack has reached its packet. Nothing may be drawn any more. */
  close(): Promise<void>;
}

export interface DrawingOptions {
  readonly pipeline: Pipeline;
  readonly gate: Gate;
  readonly reject: Reject;
  /** Aborted when the run is asked to end before its source does. */
  readonly stop: AbortSignal;
}

export const frameOptions = ({ renderer, quietBelow, motion }: Pipeline): FrameOptions => ({
  renderer,
  quietBelow,
  motion: motion ? measureMotion : undefined,
});

/** Draws on this thread: for debugging, and for pipelines that were made in code. */
export const drawHere = ({ pipeline, gate, reject, stop }: DrawingOptions): Drawing => {
  const { formats, filters, window, renderer, encoders } = pipeline;
  return {
    cut: (packets, after, idleAt) =>
      packets.pipe(
        decode({ formats, nearUs: after?.end, stop }, reject),
        cut({ windowing: window, filters, horizonUs: renderer.horizonUs ?? 0, after, idleAt, gate, stop }, reject),
      ),
    render: render({ ...frameOptions(pipeline), concurrency: encoders }, reject),
    opened: () => gate.opened(),
    close: async () => {},
  };
};
