import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { demoSheet } from '../support/demoSheet.ts';
import { loadPipeline } from '../support/loadPipeline.ts';
import { outputsOf } from '../support/outputsOf.ts';
import { type RunFlags, withRunFlags } from '../support/runFlags.ts';
import { runWatched } from '../support/runWatched.ts';

const SHEET = 'out/demo/sheet.png';

/** `demo`: the whole flow on one machine, with a synthetic sensor and three simulated vendors. The output of an earlier demo is removed. */
export const demo = (program: Command): void => {
  withRunFlags(program.command('demo').description('everything on one machine: no keys, no broker, no Docker')).action(
    async (flags: RunFlags) => {
      await rm('out/demo', { recursive: true, force: true });
      const pipeline = await loadPipeline(fileURLToPath(new URL('../../../pipelines/demo.ts', import.meta.url)));
      const outputs = outputsOf(pipeline);
      await runWatched(pipeline, flags, { ...outputs, 'contact sheet': SHEET }, () => demoSheet(outputs['captions']!, SHEET));
    },
  );
};
