import type { Point } from '../consume/between.ts';
import { isArchive } from '../consume/messageArchive.ts';
import type { Source } from '../consume/source.ts';
import { recording } from '../consume/sources/recording.ts';
import { topicArchive } from '../consume/sources/topicArchive.ts';
import { topicRange } from '../consume/sources/topicRange.ts';
import type { Pipeline } from '../definePipeline.ts';
import { PipelineError } from '../errors.ts';
import { type KafkaFlags, connectionOf } from './kafkaFlags.ts';
import { paced } from './paced.ts';

export interface ReplayFlags extends KafkaFlags {
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  registry?: string;
  from?: Point;
  to?: Point;
  runUp?: number;
  speed: number;
}

/** The pipeline over the past: another source, and outputs that know what they have and wait for no commit. */
export async function replaying(pipeline: Pipeline, past: string, flags: ReplayFlags): Promise<Pipeline> {
  return {
    ...pipeline,
    source: paced(await sourceOf(past, flags), flags.speed),
    sink: pipeline.sink.forReplay?.() ?? pipeline.sink,
    deadLetters: pipeline.deadLetters.forReplay?.() ?? pipeline.deadLetters,
  };
}

async function sourceOf(past: string, flags: ReplayFlags): Promise<Source> {
  const { wire, registry, from, to, runUp } = flags;
  const packets = {
    ...(wire && { wire }),
    ...(registry && { registry: { url: registry } }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  if (past.startsWith('topic:'))
    return topicRange({ ...connectionOf(flags), topic: past.slice('topic:'.length), ...packets, ...(runUp !== undefined && { runUp }) });
  if (await isArchive(past).catch(() => false)) return topicArchive({ file: past, ...packets });
  if (from !== undefined || to !== undefined)
    throw new PipelineError('CONFIG_INVALID', `--from and --to: ${past} is a recording; only topics and archives have times and offsets`);
  return recording({ file: past });
}
