import {
  avroFile,
  definePipeline,
  evt3,
  exactlyOnce,
  kafkaSink,
  kafkaSource,
  known,
  lmdbLedger,
  openai,
  polarity,
  tumbling,
} from '../../src/index.ts';
import { WINDOW_MS } from './sensors.ts';

/** Where the pipeline of these tests finds and leaves things; the command line's comes with the environment. */
export interface ReplayRig {
  brokers: readonly string[];
  /** Topic of raw packets. */
  input: string;
  /** Topics of captions and dead letters, or a folder for both. */
  output: string;
  dead: string;
  group: string;
  /** Base address of the simulator. */
  simulator: string;
  /** Folder. */
  ledger: string;
  /** Reads packets of the format 'evt3x' too, which is EVT3 under a name that others do not know. */
  isNewer?: boolean;
}

/** One vendor, windows of every few events, and a ledger on disk. */
export function pipelineOf({
  brokers,
  input,
  output,
  dead,
  group,
  simulator,
  ledger,
  isNewer = false,
}: ReplayRig): ReturnType<typeof definePipeline> {
  const delivery = exactlyOnce({ brokers, groupId: group });
  const inFolder = output.startsWith('/');
  return definePipeline({
    name: 'replayed',
    source: kafkaSource({ brokers, topic: input, delivery, wire: 'raw' }),
    formats: isNewer ? [evt3, { ...evt3, name: 'evt3x' }] : [evt3],
    window: tumbling({ everyMs: WINDOW_MS }),
    renderer: polarity({ palette: 'dark' }),
    quietBelow: 0,
    captioner: openai({ model: 'gpt-4o', keys: known('test', 'sk-test'), baseUrl: `${simulator}/openai/v1` }),
    ledger: lmdbLedger({ path: ledger }),
    gate: { windows: 8 },
    sink: inFolder ? avroFile({ path: `${output}/captions.avro` }) : kafkaSink({ brokers, topic: output, delivery }),
    deadLetters: inFolder
      ? avroFile({ path: `${output}/dead.avro`, schema: 'dead-letter' })
      : kafkaSink({ brokers, topic: dead, schema: 'dead-letter', delivery }),
  });
}

const { REPLAY_RIG } = process.env;
export default REPLAY_RIG ? pipelineOf(JSON.parse(REPLAY_RIG) as ReplayRig) : undefined;
