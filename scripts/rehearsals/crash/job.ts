import { join } from 'node:path';
import {
  type Captioner,
  type Pipeline,
  type Sink,
  avroFile,
  budget,
  definePipeline,
  frameFolder,
  jsonl,
  known,
  lmdbLedger,
  motion,
  openai,
  polarity,
  recording,
  synthetic,
  tumbling,
} from '../../../src/index.ts';
import type { JobSettings } from './jobSettings.ts';

function job({ folder, format, source, simulator }: JobSettings): Pipeline {
  const file = <Value extends object>(name: string, schema: 'caption' | 'dead-letter'): Sink<Value> =>
    format === 'avro'
      ? avroFile<Value>({ path: join(folder, `${name}.avro`), schema })
      : jsonl<Value>({ path: join(folder, `${name}.jsonl`) });
  return definePipeline({
    name: 'crash',
    source: source === 'recording' ? recording({ file: join(folder, 'in', 'recording.raw'), packetBytes: 1024 }) : camera,
    window: tumbling({ everyMs: 10 }),
    renderer: polarity({ longSide: 64 }),
    captioner: simulator === undefined ? motion() : simulated(simulator, join(folder, 'budget.json')),
    ...(simulator !== undefined && { ledger: lmdbLedger({ path: join(folder, 'ledger') }) }),
    // Few windows at a time make many small blocks, and so many moments between them.
    gate: { windows: 6 },
    frames: frameFolder({ path: join(folder, 'frames') }),
    sink: file('captions', 'caption'),
    deadLetters: file('dead-letters', 'dead-letter'),
  });
}

/** Captions, quiet windows and packets that cannot be decoded. */
const camera = synthetic({
  width: 64,
  height: 48,
  seconds: 1.6,
  packetMs: 5,
  scene: 'shapes',
  hotPixels: 0,
  noiseHz: 0,
  quiet: { fromMs: 600, toMs: 700 },
  corruptEvery: 40,
});

const simulated = (url: string, file: string): Captioner =>
  budget(openai({ model: 'gpt-4o', keys: known('crash', 'sk-crash'), baseUrl: `${url}/openai/v1` }), { usdPerDay: 1000, file });

/** The module that the rehearsal gives to `saccade run`: a small sensor, file to file. Its settings come in the environment. */
const settings = process.env['CRASH_JOB'];
if (settings === undefined) throw new Error('CRASH_JOB is not set: scripts/rehearsals/crash.ts starts this pipeline');

export default job(JSON.parse(settings) as JobSettings);
