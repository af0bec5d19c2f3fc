import { type OperatorFunction, defer } from 'rxjs';
import type { Packet } from '../consume/packet.ts';
import { PipelineError } from '../errors.ts';
import { attempt } from '../stage/attempt.ts';
import { report } from '../stage/channels.ts';
import type { Reject } from '../stage/reject.ts';
import type { DecodeCounters, Decoder, Format } from './decoder.ts';
import { type EventBatch, copyEvents } from './events.ts';

/**
 * Decodes the packets of one sensor into batches of events.
 *
 * The decoder keeps its state across packets; a jump in `seq` makes it forget what the lost packets may have
 * changed. Damage inside a packet is counted. A packet that is mostly damage, or that nobody can decode, is
 * rejected as a whole (DECODE_MALFORMED), and the packets after it are decoded as after a gap.
 *
 * `nearUs`: the sensor time near which a stream goes on that was read before.
 */
export const decode =
  (formats: readonly Format[], reject: Reject, nearUs?: number): OperatorFunction<Packet, EventBatch> =>
  (packets) =>
    defer(() => {
      const read = decodeSensor(formats, nearUs);
      return packets.pipe(
        attempt('decode', read, reject, {
          // Decoding is synchronous, so the order stays; what waits for a dead letter must not hold up the packets behind it.
          concurrency: Infinity,
          evidence: ({ bytes, encoding }) => ({ payload: bytes, payloadType: encoding }),
        }),
      );
    });

/** The same without RxJS: packets of one sensor in, batches out. Throws DECODE_MALFORMED. */
export function decodeSensor(formats: readonly Format[], nearUs?: number): (packet: Packet) => EventBatch {
  let encoding = '';
  let decoder: Decoder | undefined;
  let nextSeq: number | undefined;

  return (packet) => {
    if (!decoder || packet.encoding !== encoding) {
      decoder = formatOf(formats, packet).start({ width: packet.width, height: packet.height, nearUs });
      encoding = packet.encoding;
    } else if (packet.seq !== nextSeq) decoder.gap();
    nextSeq = packet.seq + 1;

    const before = damageOf(decoder.counters);
    const reachedUs = decoder.clockUs;
    const events = decoder.push(packet.bytes, packet.timeBaseNs);
    const { counters, width, height, clockUs } = decoder;
    report('decode', () => ({ sensor: packet.sensor, counters: { ...counters } }));
    const damage = damageOf(counters) - before;
    if (damage > events.length) {
      // What the damage said of the time is not believed: random words look like wraps of the sensor's clock.
      decoder.gap(Number.isNaN(reachedUs) ? undefined : reachedUs);
      throw new PipelineError(
        'DECODE_MALFORMED',
        `packet ${packet.seq} of ${packet.sensor} (${packet.encoding}, ${packet.bytes.byteLength} bytes) is mostly damage: ${damage} words or events that cannot be, ${events.length} that can`,
      );
    }
    const { sensor, position, ack, capturedAtUs } = packet;
    return { sensor, position, ack, capturedAtUs, events: copyEvents(events), width, height, clockUs };
  };
}

function formatOf(formats: readonly Format[], { encoding, sensor, seq }: Packet): Format {
  const format = formats.find(({ name }) => name === encoding);
  if (format) return format;
  const known = formats.map(({ name }) => name).join(', ');
  throw new PipelineError('DECODE_MALFORMED', `packet ${seq} of ${sensor} has encoding '${encoding}'; this pipeline decodes ${known}`);
}

/** Words and events that cannot be. Lost state (orphans) and steps in time are consequences, not damage. */
const damageOf = ({ outOfRange, unknownWords }: Readonly<DecodeCounters>): number => outOfRange + unknownWords;
