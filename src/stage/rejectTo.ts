import { PipelineError, codeOf, messageOf } from '../errors.ts';
import type { Gate } from './gate.ts';
import { letterKey } from './letterKey.ts';
import type { DeadLetters, Reject } from './reject.ts';
import { report } from './report.ts';
import type { Position } from './item.ts';

/** Bytes of a payload that a dead letter holds: a Kafka topic takes messages of a little more than 1 MB, unless told otherwise. */
const MOST_PAYLOAD_BYTES = 1_000_000;
/** Of a message and of the name of what the payload is, in characters: both may have come from a stranger. */
const MOST_MESSAGE = 4000;
const MOST_TYPE = 100;

/**
 * Writes a dead letter, or to `late` one of events that came too late, then acks the item. Where even that fails, the pipeline stops: nothing is lost in silence.
 * A payload of more than 1,000,000 bytes is left out, and the message says where it is.
 * The letter counts at the gate while it is being written: a stream of nothing but damage must not pile up either.
 */
export const rejectTo =
  (deadLetters: DeadLetters, gate: Pick<Gate, 'hold'>, late: DeadLetters = deadLetters): Reject =>
  async (stage, item, cause, { id = '', start = null, end = null, payload = new Uint8Array(0), payloadType = '', route = [] }) => {
    const { sensor, position } = item;
    const code = codeOf(cause);
    const [held, message] = withinLimit(payload, messageOf(cause), position);
    const retryable = cause instanceof PipelineError && cause.retryable;
    const rejectedAtUs = Date.now() * 1000;
    const bytes = Buffer.from(held.buffer, held.byteOffset, held.byteLength);
    const failure = { stage, sensor, code, message, retryable, position, rejectedAtUs };
    const letter = { ...failure, id, start, end, payload: bytes, payloadType: cut(payloadType, MOST_TYPE), route: JSON.stringify(route) };
    const leave = gate.hold(bytes.byteLength);
    try {
      const letters = code === 'EVENTS_LATE' ? late : deadLetters;
      // A run that is started again reads from the beginning, and finds the same damage.
      const found = letters.has?.(letterKey(letter)) ?? false;
      if (!(typeof found === 'boolean' ? found : await found)) await letters.write(letter, position);
    } finally {
      leave();
    }
    report('reject', () => ({ stage, sensor, code, message }));
    item.ack();
  };

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`);

function withinLimit(payload: Uint8Array, message: string, { source, unit, partition, first }: Position): readonly [Uint8Array, string] {
  const short = cut(message, MOST_MESSAGE);
  if (payload.byteLength <= MOST_PAYLOAD_BYTES) return [payload, short];
  const place = `${unit} ${first} of ${source}${unit === 'offset' ? `, partition ${partition}` : ''}`;
  return [new Uint8Array(0), `${short}; its ${payload.byteLength} bytes are too many for a dead letter: they are at ${place}`];
}
