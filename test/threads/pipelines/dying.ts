import { isMainThread } from 'node:worker_threads';
import { definePipeline, polarity } from '../../../src/index.ts';
import steady from './steady.ts';

/** Its renderer cannot draw one window, and ends the worker at a later one. */
export default definePipeline({
  source: steady.source,
  window: steady.window,
  captioner: steady.captioner,
  sink: steady.sink,
  deadLetters: steady.deadLetters,
  renderer: {
    ...polarity(),
    draw(window) {
      if (window.start === 99_000) throw new Error('no ink');
      if (!isMainThread && window.start === 132_000) process.exit(3);
      return polarity().draw(window);
    },
  },
});
