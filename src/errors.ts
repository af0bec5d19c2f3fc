/** What an error means beyond the item that met it. */
interface Outlook {
  /** Whether another target may answer the frame that failed with it. Errors of a vendor have classes besides: see `interpret/errors/errorClasses.ts`. */
  readonly fallbackable: boolean;
  /** Whether every further item would fail alike: the run ends, and the item is neither acked nor rejected, so that a later run takes it up again. */
  readonly endsRun: boolean;
  /** Of the command line. */
  readonly exitCode: 1 | 2;
}

/** The item alone failed, and no other target can help. */
const ITEM_FAILED = { fallbackable: false, endsRun: false, exitCode: 1 } as const;

/**
 * Every failure that the pipeline knows by name, and what follows from it. The list is closed: metrics, dead letters, fallbacks,
 * the end of a run and the exit code of the command line are made from it.
 */
export const errorCodes = {
  /** An option, a pipeline module or a command line is wrong. Never a state that came up at run time. */
  CONFIG_INVALID: { fallbackable: false, endsRun: true, exitCode: 2 },
  /** A file or topic is not what it should be. */
  INPUT_UNREADABLE: { ...ITEM_FAILED, exitCode: 2 },
  /** A packet cannot be decoded. */
  DECODE_MALFORMED: ITEM_FAILED,
  /** Events arrived after their window was closed. */
  EVENTS_LATE: ITEM_FAILED,
  /** A window cannot be drawn or encoded. */
  RENDER_FAILED: ITEM_FAILED,
  /** An upstream answered with an error, or not at all; see `PipelineError.retryable`. */
  PROVIDER_FAILED: { ...ITEM_FAILED, fallbackable: true },
  /** An upstream declined to describe this frame. */
  PROVIDER_REFUSED: ITEM_FAILED,
  /** Every target that may answer the frame was tried. */
  PROVIDERS_EXHAUSTED: { ...ITEM_FAILED, fallbackable: true },
  /** Every API key of the target was rejected, or its account has no credit. Ends the run only where no other target is left. */
  KEYS_REJECTED: { fallbackable: true, endsRun: true, exitCode: 2 },
  /** The next call could pass the cap in USD. Ends the run only where no other target is left. */
  BUDGET_SPENT: { fallbackable: true, endsRun: true, exitCode: 1 },
  /** The caption would come too late to be of use. */
  DEADLINE_PASSED: ITEM_FAILED,
  /** The claim to a call expired, and another instance may be making the call: the ledger is asked again. Never leaves `payOnce`. */
  CLAIM_EXPIRED: ITEM_FAILED,
  /** Values came faster than `pullMap` could pass them on, and its buffer is full. */
  BUFFER_OVERFLOW: { ...ITEM_FAILED, endsRun: true },
  /** A record cannot be made safe: `publish` ends the run at once, since nothing that is on its way can be made safe either. */
  SINK_FAILED: { ...ITEM_FAILED, endsRun: true },
  /** Packets cannot be read any more. */
  SOURCE_FAILED: { ...ITEM_FAILED, endsRun: true },
  /** The ledger cannot be asked, or cannot keep an answer. */
  LEDGER_FAILED: { fallbackable: false, endsRun: true, exitCode: 1 },
  /** A fault in Saccade or a plug-in. */
  UNEXPECTED: ITEM_FAILED,
} as const satisfies Record<string, Outlook>;

export type ErrorCode = keyof typeof errorCodes;

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
