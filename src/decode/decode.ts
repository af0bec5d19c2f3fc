import { EMPTY, type OperatorFunction, type Subscription, concat, defer, filter, finalize, of } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import { PipelineError } from '../errors.ts';
import { attempt } from '../stage/attempt.ts';
import { report } from '../stage/report.ts';
import type { Ack } from '../stage/item.ts';
import { perSensor } from '../stage/perSensor.ts';
import type { Reject } from '../stage/reject.ts';
import type { Session } from '../stage/session.ts';
import { allFormats } from './allFormats.ts';
import type { DecodeCounters, Decoder, Format } from './decoder.ts';
import { type EventBatch, type Events, copyEvents } from './events.ts';
import { pushWhole } from './pushWhole.ts';

export interface DecodeOptions {
  /** The event formats that packets may have. @default allFormats */
  formats?: readonly Format[];
  /** Takes packets that cannot be decoded. @default the Observable errors */
  reject?: Reject | undefined;
}

/**
 * Decodes packets into batches of events, one batch a packet. Each session of a sensor has a decoder of its own.
 *
 * The decoder keeps its state across packets; a jump in `seq` makes it forget what the lost packets may have
 * changed. Damage inside a packet is counted. A packet that is mostly damage, or whose encoding no format has, is
 * rejected as a whole (DECODE_MALFORMED), and the packets after it are decoded as after a gap.
 */
export const decode = ({ formats = allFormats, reject }: DecodeOptions = {}): OperatorFunction<Packet, EventBatch> =>
  perSensor((packets) =>
    defer(() => {
      let session: Session | undefined;
      let read: SensorDecoder | undefined;
      let ending: Subscription | undefined;
      const decoderOf = (packet: Packet): SensorDecoder => {
        if (read && packet.session === session) return read;
        ending?.unsubscribe();
        session = packet.session;
        const begun = (read = decodeSensor(formats, session?.after?.end));
        // A sensor that is lost may not come back: what its decoder holds is released.
        ending = session?.lifetime.over.subscribe(() => (read = undefined));
        return begun;
      };
      const batches = packets.pipe(
        filter((packet) => packet.session?.lifetime.isOver !== true),
        attempt('decode', (packet) => decoderOf(packet)(packet), {
          reject,
          // Decoding is synchronous, so the order stays; what waits for a dead letter must not hold up the packets behind it.
          concurrency: Infinity,
          evidence: ({ bytes, encoding }) => ({ payload: bytes, payloadType: encoding }),
        }),
      );
      const heldBack = defer(() => {
        const last = read?.end();
        return last ? of(last) : EMPTY;
      });
      return concat(batches, heldBack).pipe(finalize(() => ending?.unsubscribe()));
    }),
  );

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
    const events = pushWhole(decoder, packet);
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
  { sensor, position, capturedAtUs, session }: Packet,
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
  ...(session && { session }),
});

function formatOf(formats: readonly Format[], { encoding, sensor, seq }: Packet): Format {
  const format = formats.find(({ name }) => name === encoding);
  if (format) return format;
  const known = formats.map(({ name }) => name).join(', ');
  throw new PipelineError('DECODE_MALFORMED', `packet ${seq} of ${sensor} has encoding '${encoding}'; this pipeline decodes ${known}`);
}

/** Words and events that cannot be. Lost state (orphans) and steps in time are consequences, not damage. */
const damageOf = ({ outOfRange, unknownWords }: Readonly<DecodeCounters>): number => outOfRange + unknownWords;
