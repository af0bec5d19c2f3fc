import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LevelWithSilent } from 'pino';
import { type ListenAddress, listenAddress } from '../../listenAddress.ts';

/** The flags of every command that runs a pipeline. */
export interface RunFlags {
  /** Where Prometheus finds its metrics; absent: no metrics. */
  metrics?: ListenAddress;
  /** Log JSON lines of this level and above to stderr; absent: no log. */
  log?: LevelWithSilent;
  /** Print the summary as one JSON object instead of a table. */
  json?: boolean;
  /** How long to wait for what is in flight after the first Ctrl-C, in seconds. */
  drain: number;
  /** Threads that decode, assign and draw, in the place of the pipeline's own number. */
  workers?: number;
  /** The folder in which the outputs are, in the place of the pipeline's own. */
  into?: string;
  /** Go on in an output that has records of another configuration. */
  add?: boolean;
  /** Move such an output aside, and begin a new one. */
  replace?: boolean;
}

export const withRunFlags = (command: Command): Command =>
  command
    .option('--metrics <[host:]port>', 'serve Prometheus metrics there; without a host for this machine alone', addressFlag)
    .addOption(new Option('--log <level>', 'log JSON lines to stderr').choices(['trace', 'debug', 'info', 'warn', 'error']))
    .option('--drain <seconds>', 'how long to wait after Ctrl-C for what is in flight', wholeNumber, 30)
    .option('--workers <number>', 'threads that decode, window and render; 0: all on the main thread', wholeNumber)
    .option('--into <folder>', 'put the outputs into this folder')
    .addOption(new Option('--add', 'go on in an output of another configuration; its windows stay as they are').conflicts('replace'))
    .addOption(new Option('--replace', 'move an output of another configuration aside, and begin a new one').conflicts('add'))
    .option('--json', 'print the summary as one JSON object');

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError(`'${text}' is not a whole number.`);
  return value;
}

/** Reads the flag of a server's address. */
export function addressFlag(text: string): ListenAddress {
  const address = listenAddress(text);
  if (!address) throw new InvalidArgumentError(`'${text}' is no PORT (0 to 65535), HOST:PORT or [IPV6]:PORT.`);
  return address;
}
