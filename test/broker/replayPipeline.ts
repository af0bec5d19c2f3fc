import { type Pipeline, avroFile, definePipeline, evt3, lmdbLedger } from '../../src/index.ts';
import { rigParts } from '../rig/rigPipeline.ts';
import { WINDOW_MS } from '../rig/sensorPackets.ts';

/** Where the pipeline of these tests reads and writes; in the environment for the command line's. */
export interface ReplayRig {
  readonly brokers: readonly string[];
  /** Topics and the consumer group begin with it. */
  readonly prefix: string;
  /** Topic of raw packets, and that of dead letters. */
  readonly input: string;
  readonly dead: string;
  /** Topic of captions, or a folder for captions and dead letters. */
  readonly output: string;
  /** Base address of the simulator. */
  readonly simulator: string;
  /** Folder of the ledger. */
  readonly ledger: string;
  /** Reads packets of the format 'evt3x' too, which is EVT3 under a name that others do not know. */
  readonly isNewer?: boolean;
}

/** One vendor, and a ledger on disk. */
export function pipelineOf({ brokers, prefix, output, simulator, ledger, isNewer = false }: ReplayRig): Pipeline {
  const inFolder = output.startsWith('/');
  const parts = rigParts({
    name: 'replayed',
    brokers,
    prefix,
    simulator,
    windowMs: WINDOW_MS,
    targets: { gpt4o: {} },
    gateWindows: 8,
    ...(!inFolder && { captionsTopic: output }),
  });
  return definePipeline({
    ...parts,
    formats: isNewer ? [evt3, { ...evt3, name: 'evt3x' }] : [evt3],
    ledger: lmdbLedger({ path: ledger }),
    ...(inFolder && {
      sink: avroFile({ path: `${output}/captions.avro` }),
      deadLetters: avroFile({ path: `${output}/dead.avro`, schema: 'dead-letter' }),
    }),
  });
}

const { REPLAY_RIG } = process.env;
export default REPLAY_RIG ? pipelineOf(JSON.parse(REPLAY_RIG) as ReplayRig) : undefined;
