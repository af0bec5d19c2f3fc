#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './commands/check.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { driftCommand } from './commands/drift.ts';
import { explainCommand } from './commands/explain.ts';
import { inspectCommand } from './commands/inspect.ts';
import { normaliseCommand } from './commands/normalise.ts';
import { pricesCommand } from './commands/prices.ts';
import { ingestCommand } from './commands/ingest.ts';
import { recordCommand } from './commands/record.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { sensorCommand } from './commands/sensor.ts';
import { simCommand } from './commands/sim.ts';
import { explainFailure, exitCodeOf } from './support/explainFailure.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

const program = new Command('saccade')
  .description('Natural-language captions for event-camera streams.')
  .version(version)
  .option('--verbose', 'print the stack trace of a failure')
  .showHelpAfterError('(--help shows what there is)')
  .exitOverride();

const commands = [
  demoCommand,
  runCommand,
  checkCommand,
  inspectCommand,
  replayCommand,
  driftCommand,
  normaliseCommand,
  simCommand,
  explainCommand,
  pricesCommand,
  ingestCommand,
  recordCommand,
  sensorCommand,
  doctorCommand,
];
for (const register of commands) register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${explainFailure(error, program.opts().verbose === true)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
