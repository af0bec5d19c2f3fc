import { isMainThread } from 'node:worker_threads';
import { definePipeline, polarity } from '../../../src/index.ts';
import steady from './steady.ts';

/** Another pipeline in each thread. */
export default definePipeline({
  source: steady.source,
  window: steady.window,
  captioner: steady.captioner,
  sink: steady.sink,
  deadLetters: steady.deadLetters,
  renderer: polarity({ palette: isMainThread ? 'dark' : 'light' }),
});
