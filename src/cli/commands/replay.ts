import { type Command, Option } from 'commander';
import { isArchive } from '../../consume/messageArchive.ts';
import { recording } from '../../consume/sources/recording.ts';
import { topicArchive } from '../../consume/sources/topicArchive.ts';
import { speedOf } from '../kafkaFlags.ts';
import { loadPipeline } from '../loadPipeline.ts';
import { outputsOf } from '../outputs.ts';
import { type RunFlags, runWatched } from '../runWatched.ts';
import { withRunFlags } from './run.ts';

interface ReplayFlags {
  pipeline: string;
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  registry?: string;
  from?: string;
  to?: string;
  speed: number;
}

export const replayCommand = (program: Command): void => {
  withRunFlags(
    program
      .command('replay')
      .description('run a pipeline over a recording, or over an archive of a topic')
      .argument('<recording>', 'a file of any format that inspect reads, or one that record made')
      .requiredOption('--pipeline <module>', 'the pipeline; its source is replaced by the recording')
      .addOption(
        new Option('--wire <format>', 'archive: how its packets are encoded').choices(['confluent', 'single-object', 'plain', 'raw']),
      )
      .option('--registry <url>', 'archive: schema registry')
      .option('--from <time>', 'archive: only packets from this time on (ISO 8601)')
      .option('--to <time>', 'archive: only packets before this time (ISO 8601)')
      .option('--speed <factor>', 'archive: times the pace at which the packets came: 1, 10, or max', speedOf, Infinity),
  ).action(async (file: string, { pipeline: module, wire, registry, from, to, speed, ...flags }: RunFlags & ReplayFlags) => {
    const pipeline = await loadPipeline(module);
    const archived = await isArchive(file).catch(() => false);
    const source = archived
      ? topicArchive({
          file,
          speed,
          ...(wire && { wire }),
          ...(registry && { registry: { url: registry } }),
          ...(from && { from }),
          ...(to && { to }),
        })
      : recording({ file });
    await runWatched({ ...pipeline, source }, flags, outputsOf(pipeline));
  });
};
