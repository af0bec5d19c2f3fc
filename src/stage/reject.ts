import type { ErrorCode } from '../errors.ts';
import type { Item, Position } from './item.ts';

export type Stage = 'decode' | 'cut' | 'render' | 'interpret' | 'normalise' | 'publish';

/** What a stage adds to a dead letter, so that the item can be understood and tried again. */
export interface Evidence {
  /** Id of the window, where there is one. */
  readonly id?: string;
  /** Sensor time of the window in microseconds. */
  readonly start?: number;
  readonly end?: number;
  /** The original bytes of a packet, or the text of a caption. Never a picture: it can be drawn again. */
  readonly payload?: Uint8Array;
  /** What the payload is: a packet encoding, or a media type. */
  readonly payloadType?: string;
  /** Attempts that were made, JSON-compatible. */
  readonly route?: readonly object[];
}

/** One line of the dead-letter output: the TypeScript side of schemas/dead-letter.avsc. */
export interface DeadLetter {
  readonly stage: Stage;
  readonly sensor: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly position: Position;
  /** Unix microseconds. */
  readonly rejectedAtUs: number;
  readonly id: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly payload: Buffer;
  readonly payloadType: string;
  /** The attempts as JSON text. */
  readonly route: string;
}

/** Where dead letters are kept: any `Sink<DeadLetter>` will do. */
export interface DeadLetters {
  write(letter: DeadLetter, from: Position): Promise<void>;
  /** Whether a letter with this key (`letterKey`) is there, from this run or one before it; absent: it is not known. */
  readonly has?: (key: string) => boolean | Promise<boolean>;
}

/** Ends the life of an item that failed. */
export type Reject = (stage: Stage, item: Item, cause: unknown, evidence: Evidence) => Promise<void>;
