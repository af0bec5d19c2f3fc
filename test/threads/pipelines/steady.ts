import { definePipeline, memory, polarity, synthetic, tumbling } from '../../../src/index.ts';
import { scripted } from '../../parts.ts';

/** Three sensors, every 17th packet spoilt. */
export default definePipeline({
  source: synthetic({ seconds: 0.6, width: 160, height: 120, sensors: 3, corruptEvery: 17 }),
  window: tumbling({ everyMs: 33 }),
  renderer: polarity({ palette: 'dark' }),
  captioner: scripted(() => 'A thing moves.'),
  sink: memory(),
  deadLetters: memory(),
});
