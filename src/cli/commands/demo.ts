import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { demoSheet } from '../support/demoSheet.ts';
import { loadPipeline } from '../support/loadPipeline.ts';
import { outputsOf } from '../support/outputsOf.ts';
import { type RunFlags, withRunFlags } from '../support/runFlags.ts';
import { runWatched } from '../support/runWatched.ts';
import { withOutputs } from '../support/withOutputs.ts';

const FOLDER = 'out/demo';

/** `demo`: the whole flow on one machine, with a synthetic sensor and three simulated vendors. The output of an earlier demo is removed from its folder. */
export const demo = (program: Command): void => {
  withRunFlags(program.command('demo').description('everything on one machine: no keys, no broker, no Docker')).action(
    async (flags: RunFlags) => {
      if (flags.into === undefined) await rm(FOLDER, { recursive: true, force: true });
      const pipeline = withOutputs(await loadPipeline(fileURLToPath(new URL('../../../pipelines/demo.ts', import.meta.url))), flags);
      const outputs = outputsOf(pipeline);
      const sheet = join(flags.into ?? FOLDER, 'sheet.png');
      await runWatched(pipeline, flags, { ...outputs, 'contact sheet': sheet }, () => demoSheet(outputs['captions']!, sheet));
    },
  );
};
