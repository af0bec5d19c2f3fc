import { PipelineError } from '../errors.ts';
import type { Packet } from '../stage/packet.ts';
import { shownName } from '../stage/shown.ts';
import type { Decoder } from './decoder.ts';
import { type Events, copyEvents, makeEvents } from './events.ts';

const SLICE_BYTES = 2 ** 20;
/** Events of one packet: 52 MiB as columns. */
const MOST_EVENTS = 2 ** 22;

/**
 * The events of a packet of any length. A few bytes may be many events (a word of EVT3 is up to 12), so a large packet is pushed
 * in slices, and given up where it has more events than any source sends at once.
 * Throws DECODE_MALFORMED. The columns are valid until the next call.
 */
export function pushWhole(decoder: Decoder, { bytes, timeBaseNs, seq, sensor }: Packet): Events {
  if (bytes.byteLength <= SLICE_BYTES) return decoder.push(bytes, timeBaseNs);
  const parts: Events[] = [];
  let length = 0;
  for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
    const part = copyEvents(decoder.push(bytes.subarray(at, at + SLICE_BYTES), timeBaseNs));
    length += part.length;
    if (length > MOST_EVENTS)
      throw new PipelineError(
        'DECODE_MALFORMED',
        `packet ${seq} of ${shownName(sensor)} (${bytes.byteLength} bytes) has more than ${MOST_EVENTS} events; send smaller packets`,
      );
    parts.push(part);
  }
  return joined(parts, length);
}

function joined(parts: readonly Events[], length: number): Events {
  const all = makeEvents(length);
  for (const { length: count, t, x, y, p } of parts) {
    all.t.set(t, all.length);
    all.x.set(x, all.length);
    all.y.set(y, all.length);
    all.p.set(p, all.length);
    all.length += count;
  }
  return all;
}
