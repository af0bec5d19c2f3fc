import { avroFile, definePipeline, frameFolder, lmdbLedger, mixed, polarity, synthetic } from '../src/index.ts';
import { simulatedVendors } from './vendors.ts';

/** For recordings: `saccade replay RECORDING --pipeline pipelines/replay.ts` replaces the source by the recording. */
export default definePipeline({
  name: 'replay',
  source: synthetic({ seconds: 1 }),
  window: mixed({ everyMs: 33, orEvents: 200_000 }),
  renderer: polarity({ palette: 'dark', longSide: 512 }),
  captioner: simulatedVendors,
  ledger: lmdbLedger({ path: 'out/replay/ledger' }),
  frames: frameFolder({ path: 'out/replay/frames' }),
  sink: avroFile({ path: 'out/replay/captions.avro' }),
  deadLetters: avroFile({ path: 'out/replay/dead-letters.avro', schema: 'dead-letter' }),
});
