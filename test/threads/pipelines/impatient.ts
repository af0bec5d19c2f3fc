import { definePipeline, mixed } from '../../../src/index.ts';
import steady from './steady.ts';

/** Its windows end when the sensor falls silent. */
export default definePipeline({
  source: steady.source,
  renderer: steady.renderer,
  captioner: steady.captioner,
  sink: steady.sink,
  deadLetters: steady.deadLetters,
  window: mixed({ everyMs: 1000, orEvents: 1_000_000, idleAfterMs: 60 }),
});
