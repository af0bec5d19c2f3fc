import { definePipeline, memory, polarity, synthetic, tumbling } from '../../src/index.ts';
import { scripted } from '../../test/parts.ts';

/** Everything up to the picture; the captions cost no time. */
export default definePipeline({
  source: synthetic({ seconds: 1 }),
  window: tumbling({ everyMs: 33 }),
  renderer: polarity({ palette: 'dark', longSide: 512 }),
  captioner: scripted(() => 'A thing moves.'),
  sink: memory(),
  deadLetters: memory(),
});
