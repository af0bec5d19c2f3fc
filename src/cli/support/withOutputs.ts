import type { Pipeline } from '../../definePipeline.ts';
import { outputsInto } from '../../outputsInto.ts';
import type { RunFlags } from './runFlags.ts';

/** The pipeline with its outputs where --into says. */
export const withOutputs = (pipeline: Pipeline, { into }: Pick<RunFlags, 'into'>): Pipeline =>
  into === undefined ? pipeline : outputsInto(pipeline, into);
