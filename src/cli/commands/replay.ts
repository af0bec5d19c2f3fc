import type { Command } from 'commander';
import { recording } from '../../consume/sources/recording.ts';
import { loadPipeline } from '../loadPipeline.ts';
import { outputsOf } from '../outputs.ts';
import { type RunFlags, runWatched } from '../runWatched.ts';
import { withRunFlags } from './run.ts';

export const replayCommand = (program: Command): void => {
  withRunFlags(
    program
      .command('replay')
      .description('run a pipeline over a recording')
      .argument('<recording>', 'a file of any format that inspect reads')
      .requiredOption('--pipeline <module>', 'the pipeline; its source is replaced by the recording'),
  ).action(async (file: string, { pipeline: module, ...flags }: RunFlags & { pipeline: string }) => {
    const pipeline = await loadPipeline(module);
    await runWatched({ ...pipeline, source: recording({ file }) }, flags, outputsOf(pipeline));
  });
};
