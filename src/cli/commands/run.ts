import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadPipeline } from '../support/loadPipeline.ts';
import { outputsOf } from '../support/outputsOf.ts';
import { type RunFlags, runWatched } from '../support/runWatched.ts';

export const runCommand = (program: Command): void => {
  withRunFlags(
    program
      .command('run')
      .description('run a pipeline until its source ends, or until SIGTERM')
      .argument('<pipeline>', 'a pipeline module'),
  ).action(async (file: string, flags: RunFlags) => {
    const pipeline = await loadPipeline(file);
    await runWatched(pipeline, flags, outputsOf(pipeline));
  });
};

/** The flags of every command that runs a pipeline. */
export const withRunFlags = (command: Command): Command =>
  command
    .option('--metrics <port>', 'serve Prometheus metrics on this port', wholeNumber)
    .addOption(new Option('--log <level>', 'log JSON lines to stderr').choices(['trace', 'debug', 'info', 'warn', 'error']))
    .option('--drain <seconds>', 'how long to wait after Ctrl-C for what is on its way', wholeNumber, 30)
    .option('--workers <number>', 'threads that decode, cut and draw; 0: all on the main thread', wholeNumber)
    .option('--json', 'print the summary as one JSON object');

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError(`'${text}' is no whole number.`);
  return value;
}
