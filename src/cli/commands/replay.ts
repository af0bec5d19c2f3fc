import { type Command, Option } from 'commander';
import { speedOf, withKafkaFlags } from '../support/kafkaFlags.ts';
import { loadPipeline } from '../support/loadPipeline.ts';
import { outputsOf } from '../support/outputsOf.ts';
import { pointFlag, pointHelp } from '../support/pointFlag.ts';
import { type ReplayFlags, replayPipeline } from '../support/replayPipeline.ts';
import { type RunFlags, withRunFlags } from '../support/runFlags.ts';
import { runWatched } from '../support/runWatched.ts';
import { withOutputs } from '../support/withOutputs.ts';

/** `replay PAST --pipeline MODULE`: runs a pipeline over a recording, an archive, a topic or dead letters. */
export const replay = (program: Command): void => {
  const command = program
    .command('replay')
    .description('run a pipeline over the past; the same command continues where it was stopped')
    .argument('<past>', 'a recording, an archive that record made, topic:NAME, or dead letters: a file of them, or dead-letters:TOPIC')
    .requiredOption('--pipeline <module>', 'the pipeline; its source is replaced')
    .option('--from <point>', `topic, archive: only windows that begin at or after ${pointHelp}; dead letters: only letters`, pointFlag)
    .option('--to <point>', 'topic, archive: only windows that begin before it; dead letters: only letters', pointFlag)
    .option('--warm-up <offsets>', 'topic: offsets that are read before --from; fewer than all may give other windows than live', Number)
    .addOption(new Option('--speed <factor>', 'times the pace of the sensor: 1, 10, or max').argParser(speedOf).default(Infinity, 'max'))
    .addOption(
      new Option('--wire <format>', 'topic, archive: how its packets are encoded').choices(['confluent', 'single-object', 'plain', 'raw']),
    )
    .option('--registry <url>', 'topic, archive: schema registry')
    .option('--archive <file>', 'dead letters: read their packets from this archive instead of the topic');
  withRunFlags(withKafkaFlags(command)).action(
    async (past: string, { pipeline: module, ...flags }: RunFlags & ReplayFlags & { pipeline: string }) => {
      const { pipeline, check } = await replayPipeline(withOutputs(await loadPipeline(module), flags), past, flags);
      await runWatched(pipeline, flags, outputsOf(pipeline));
      check();
    },
  );
};
