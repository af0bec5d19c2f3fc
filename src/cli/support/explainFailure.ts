import { visibleLines } from './print.ts';
import { codeOf, errorCodes, messageOf } from '../../errors.ts';

/** The message of an error; with `verbose` also its stack trace and its causes. An error of the program itself is said to be one. */
export function explainFailure(error: unknown, verbose: boolean): string {
  if (verbose && error instanceof Error) return visibleLines(`${error.stack ?? error.message}${causesOf(error)}`);
  const message = visibleLines(messageOf(error));
  if (!isFaultOfProgram(error)) return `saccade: ${message}`;
  return `saccade: a fault in Saccade or in a plug-in, not in what you gave it (${error.name}: ${message}); --verbose before the command shows where`;
}

/** What a program that is right does not throw. */
const isFaultOfProgram = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

/** 2 when the command line, the configuration or the input is wrong; 1 when the run failed. */
export const exitCodeOf = (error: unknown): 1 | 2 => errorCodes[codeOf(error)].exitCode;

function causesOf(error: Error): string {
  let text = '';
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) text += `\ncaused by ${cause.stack ?? cause.message}`;
  return text;
}
