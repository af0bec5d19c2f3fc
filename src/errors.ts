/**
 * Every failure that the pipeline knows by name. The list is closed: metrics, dead letters and the
 * exit code of the command line are made from it.
 *
 * - `CONFIG_INVALID`: an option, a pipeline module or a command line is wrong. Exit code 2.
 * - `INPUT_UNREADABLE`: a file or topic is not what it should be. Exit code 2.
 * - `DECODE_MALFORMED`: a packet cannot be decoded.
 * - `EVENTS_LATE`: events came when their window was closed.
 * - `RENDER_FAILED`: a window cannot be drawn or encoded.
 * - `PROVIDER_FAILED`: an upstream answered with an error; see `PipelineError.retryable`.
 * - `PROVIDER_REFUSED`: an upstream declined to describe this frame.
 * - `PROVIDERS_EXHAUSTED`: every path that the route allows was tried.
 * - `BUDGET_SPENT`: the cap in USD would be passed by the next call.
 * - `DEADLINE_PASSED`: the caption would come too late to be of use.
 * - `SINK_FAILED`: a record could not be made safe.
 * - `SOURCE_FAILED`: packets cannot be read any more.
 * - `LEDGER_FAILED`: an answer could not be remembered.
 * - `UNEXPECTED`: a fault in Saccade or a plug-in.
 */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'INPUT_UNREADABLE'
  | 'DECODE_MALFORMED'
  | 'EVENTS_LATE'
  | 'RENDER_FAILED'
  | 'PROVIDER_FAILED'
  | 'PROVIDER_REFUSED'
  | 'PROVIDERS_EXHAUSTED'
  | 'BUDGET_SPENT'
  | 'DEADLINE_PASSED'
  | 'SINK_FAILED'
  | 'SOURCE_FAILED'
  | 'LEDGER_FAILED'
  | 'UNEXPECTED';

export interface PipelineErrorOptions extends ErrorOptions {
  /** Whether the same thing may succeed when tried again. @default false */
  retryable?: boolean;
}

export class PipelineError extends Error {
  override readonly name: string = 'PipelineError';
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, { retryable = false, ...options }: PipelineErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
  }
}

/** The code of anything that can be thrown. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof PipelineError ? error.code : 'UNEXPECTED');

/** The message of anything that can be thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
