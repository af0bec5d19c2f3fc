import { codeOf, errorCodes, messageOf } from '../../errors.ts';

/** The message of an error; with `verbose` also its stack trace and its causes. */
export function explainFailure(error: unknown, verbose: boolean): string {
  if (verbose && error instanceof Error) return `${error.stack ?? error.message}${causesOf(error)}`;
  return `saccade: ${messageOf(error)}`;
}

/** 2 when the command line, the configuration or the input is wrong; 1 when the run failed. */
export const exitCodeOf = (error: unknown): 1 | 2 => errorCodes[codeOf(error)].exitCode;

function causesOf(error: Error): string {
  let text = '';
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) text += `\ncaused by ${cause.stack ?? cause.message}`;
  return text;
}
