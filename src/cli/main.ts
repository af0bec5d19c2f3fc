#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { check } from './commands/check.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { driftCommand } from './commands/drift.ts';
import { explainCommand } from './commands/explain.ts';
import { inspectCommand } from './commands/inspect.ts';
import { normalise } from './commands/normalise.ts';
import { prices } from './commands/prices.ts';
import { ingest } from './commands/ingest.ts';
import { record } from './commands/record.ts';
import { replay } from './commands/replay.ts';
import { run } from './commands/run.ts';
import { sensor } from './commands/sensor.ts';
import { sim } from './commands/sim.ts';
import { explainFailure, exitCodeOf } from './support/explainFailure.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

const program = new Command('saccade')
  .description('Natural-language captions for event-camera streams.')
  .version(version)
  .option('--verbose', 'print the stack trace of a failure')
  .showHelpAfterError('(--help shows what there is)')
  .exitOverride();

const commands = [
  demo,
  run,
  check,
  inspectCommand,
  replay,
  driftCommand,
  normalise,
  sim,
  explainCommand,
  prices,
  ingest,
  record,
  sensor,
  doctor,
];
for (const register of commands) register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${explainFailure(error, program.opts().verbose === true)}\n`);
    // Not left to the event loop: native parts that failed (LMDB) may never let go of it.
    process.exit(exitCodeOf(error));
  }
}
