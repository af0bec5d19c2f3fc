import type { Command } from 'commander';
import { loadPipeline } from '../support/loadPipeline.ts';
import { outputsOf } from '../support/outputsOf.ts';
import { withOutputs } from '../support/withOutputs.ts';
import { type RunFlags, withRunFlags } from '../support/runFlags.ts';
import { runWatched } from '../support/runWatched.ts';

/** `run PIPELINE`: runs a pipeline. */
export const run = (program: Command): void => {
  withRunFlags(
    program
      .command('run')
      .description('run a pipeline until its source ends, or until SIGTERM')
      .argument('<pipeline>', 'a pipeline module'),
  ).action(async (file: string, flags: RunFlags) => {
    const pipeline = withOutputs(await loadPipeline(file), flags);
    await runWatched(pipeline, flags, outputsOf(pipeline));
  });
};
