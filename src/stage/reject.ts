import { type ErrorCode, PipelineError, codeOf, messageOf } from '../errors.ts';
import { report } from './report.ts';
import type { Gate } from './gate.ts';
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
}

/** Ends the life of an item that failed. */
export type Reject = (stage: Stage, item: Item, cause: unknown, evidence: Evidence) => Promise<void>;

/**
 * Writes a dead letter, or to `late` one of events that came too late, then acks the item. Where even that fails, the pipeline stops: nothing is lost in silence.
 * The letter counts at the gate while it is being written: a stream of nothing but damage must not pile up either.
 */
export const rejectTo =
  (deadLetters: DeadLetters, gate: Pick<Gate, 'hold'>, late: DeadLetters = deadLetters): Reject =>
  async (stage, item, cause, { id = '', start = null, end = null, payload = new Uint8Array(0), payloadType = '', route = [] }) => {
    const { sensor, position } = item;
    const code = codeOf(cause);
    const message = messageOf(cause);
    const retryable = cause instanceof PipelineError && cause.retryable;
    const rejectedAtUs = Date.now() * 1000;
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const failure = { stage, sensor, code, message, retryable, position, rejectedAtUs };
    const letter = { ...failure, id, start, end, payload: bytes, payloadType, route: JSON.stringify(route) };
    const leave = gate.hold(bytes.byteLength);
    try {
      await (code === 'EVENTS_LATE' ? late : deadLetters).write(letter, position);
    } finally {
      leave();
    }
    report('reject', () => ({ stage, sensor, code, message }));
    item.ack();
  };
