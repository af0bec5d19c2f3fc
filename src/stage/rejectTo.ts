import { PipelineError, codeOf, messageOf } from '../errors.ts';
import type { Gate } from './gate.ts';
import { letterKey } from './letterKey.ts';
import type { DeadLetters, Reject } from './reject.ts';
import { report } from './report.ts';

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
