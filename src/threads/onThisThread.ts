import { decode } from '../decode/decode.ts';
import type { EventBatch } from '../decode/events.ts';
import type { Pipeline } from '../definePipeline.ts';
import { type FrameOptions, render } from '../frame/rendering/render.ts';
import { windows } from '../frame/windowing/windows.ts';
import { measureMotion } from '../motion/measureMotion.ts';
import type { EventStages, StageContext } from './eventStages.ts';

/** The stages on this thread: for debugging, and for pipelines that were made in code. */
export const onThisThread = (pipeline: Pipeline, { gate, reject }: StageContext): EventStages<EventBatch> => {
  const { formats, largestSensorPixels, filters, window, renderer, encoders, state } = pipeline;
  return {
    decode: decode({ formats, largestSensorPixels, reject, state }),
    windows: windows(window, { filters, horizonUs: renderer.horizonUs ?? 0, gate, reject, state }),
    render: render(renderer, { ...frameOptions(pipeline), concurrency: encoders, reject }),
    ready: () => gate.opened(),
    close: async () => {},
  };
};

export const frameOptions = ({ quietBelow, motion }: Pipeline): FrameOptions => ({
  quietBelow,
  motion: motion ? measureMotion : undefined,
});
