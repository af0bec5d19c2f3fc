import { avroFile, definePipeline, frameFolder, mixed, polarity, synthetic } from '../src/index.ts';
import { simulatedVendors } from './vendors.ts';

/** The whole flow on one machine: a synthetic sensor films a small scene, and three simulated vendors describe it. */
export default definePipeline({
  name: 'demo',
  source: synthetic({ seconds: 8, quiet: { fromMs: 4000, toMs: 5000 }, corruptEvery: 250 }),
  window: mixed({ everyMs: 33, orEvents: 60_000 }),
  renderer: polarity({ palette: 'dark', longSide: 512 }),
  captioner: simulatedVendors,
  gate: { windows: 48 },
  frames: frameFolder({ path: 'out/demo/frames' }),
  sink: avroFile({ path: 'out/demo/captions.avro' }),
  deadLetters: avroFile({ path: 'out/demo/dead-letters.avro', schema: 'dead-letter' }),
});
