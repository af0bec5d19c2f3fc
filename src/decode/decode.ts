import { EMPTY, type OperatorFunction, concat, defer, of } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import { PipelineError } from '../errors.ts';
import { attempt } from '../stage/attempt.ts';
import { report } from '../stage/report.ts';
import type { Ack } from '../stage/item.ts';
import type { Reject } from '../stage/reject.ts';
import type { DecodeCounters, Decoder, Format } from './decoder.ts';
import { type EventBatch, type Events, copyEvents } from './events.ts';

export interface DecodeStageOptions {
  readonly formats: readonly Format[];
  /** The sensor time in microseconds near which a stream goes on that was read before. */
  readonly nearUs?: number | undefined;
  /** Aborted when the run is asked to end before its source does: then what is held back is half a record. */
  readonly stop: AbortSignal;
}

/**
 * Decodes the packets of one sensor into batches of events.
 *
 * The decoder keeps its state across packets; a jump in `seq` makes it forget what the lost packets may have
 * changed. Damage inside a packet is counted. A packet that is mostly damage, or that nobody can decode, is
 * rejected as a whole (DECODE_MALFORMED), and the packets after it are decoded as after a gap.
 */
export const decode =
  ({ formats, nearUs, stop }: DecodeStageOptions, reject: Reject): OperatorFunction<Packet, EventBatch> =>
  (packets) =>
    defer(() => {
      const read = decodeSensor(formats, nearUs);
      const batches = packets.pipe(
        attempt('decode', read, reject, {
          // Decoding is synchronous, so the order stays; what waits for a dead letter must not hold up the packets behind it.
          concurrency: Infinity,
          evidence: ({ bytes, encoding }) => ({ payload: bytes, payloadType: encoding }),
        }),
      );
      const held = defer(() => {
        const last = stop.aborted ? undefined : read.end();
        return last ? of(last) : EMPTY;
      });
      return concat(batches, held);
    });

/** A decoder for the packets of one sensor. */
export interface SensorDecoder {
  /** Throws DECODE_MALFORMED. */
  (packet: Packet): EventBatch;
  /** The stream ended: the events that were held back for the rest of a record, if there are any. Their packet was acked. */
  end(): EventBatch | undefined;
}

/** The same without RxJS: packets of one sensor in, batches out. */
export function decodeSensor(formats: readonly Format[], nearUs?: number): SensorDecoder {
  let encoding = '';
  let decoder: Decoder | undefined;
  let nextSeq: number | undefined;
  let latest: Packet | undefined;

  const read = (packet: Packet): EventBatch => {
    latest = packet;
    if (!decoder || packet.encoding !== encoding) {
      decoder = formatOf(formats, packet).start({ width: packet.width, height: packet.height, nearUs });
      encoding = packet.encoding;
    } else if (packet.seq !== nextSeq) decoder.gap();
    nextSeq = packet.seq + 1;

    const before = damageOf(decoder.counters);
    const reachedUs = decoder.clockUs;
    const events = decoder.push(packet.bytes, packet.timeBaseNs);
    const { counters } = decoder;
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
    return batchOf(packet, packet.ack, events, decoder);
  };

  const end = (): EventBatch | undefined => {
    const events = decoder?.end();
    return latest && decoder && events && events.length > 0 ? batchOf(latest, () => {}, events, decoder) : undefined;
  };
  return Object.assign(read, { end });
}

const batchOf = (
  { sensor, position, capturedAtUs }: Packet,
  ack: Ack,
  events: Events,
  { width, height, clockUs }: Decoder,
): EventBatch => ({
  sensor,
  position,
  ack,
  capturedAtUs,
  events: copyEvents(events),
  width,
  height,
  clockUs,
});

function formatOf(formats: readonly Format[], { encoding, sensor, seq }: Packet): Format {
  const format = formats.find(({ name }) => name === encoding);
  if (format) return format;
  const known = formats.map(({ name }) => name).join(', ');
  throw new PipelineError('DECODE_MALFORMED', `packet ${seq} of ${sensor} has encoding '${encoding}'; this pipeline decodes ${known}`);
}

/** Words and events that cannot be. Lost state (orphans) and steps in time are consequences, not damage. */
const damageOf = ({ outOfRange, unknownWords }: Readonly<DecodeCounters>): number => outOfRange + unknownWords;
