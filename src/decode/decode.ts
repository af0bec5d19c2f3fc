import { EMPTY, type OperatorFunction, type Subscription, concat, defer, filter, finalize, of } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import { PipelineError } from '../errors.ts';
import { attempt } from '../stage/attempt.ts';
import { report } from '../stage/report.ts';
import type { Ack } from '../stage/item.ts';
import { perSensor } from '../stage/perSensor.ts';
import type { Reject } from '../stage/reject.ts';
import type { Session } from '../stage/session.ts';
import { shown, shownName } from '../stage/shown.ts';
import { allFormats } from './allFormats.ts';
import type { DecodeCounters, Decoder, Format } from './decoder.ts';
import { type EventBatch, type Events, copyEvents } from './events.ts';
import { LARGEST_SENSOR_PIXELS, geometryFault } from './geometryFault.ts';
import { pushWhole } from './pushWhole.ts';

export interface DecodeOptions {
  /** The event formats that packets may have. @default allFormats */
  formats?: readonly Format[];
  /** Pixels of the largest sensor there may be: a packet that claims more is rejected. @default 8388608, such as 3840 x 2160 */
  largestSensorPixels?: number;
  /** Takes packets that cannot be decoded. @default the Observable errors */
  reject?: Reject | undefined;
}

/**
 * Decodes packets into batches of events, one batch a packet. Each session of a sensor has a decoder of its own.
 *
 * The decoder keeps its state across packets; a jump in `seq` makes it forget what the lost packets may have
 * changed. Damage inside a packet is counted. A packet that its source could not make out, that is mostly damage, whose
 * encoding no format has, or whose sensor cannot be so large, or has no size, is rejected as a whole (DECODE_MALFORMED), and the
 * packets after it are decoded as after a gap.
 */
export const decode = ({ formats = allFormats, largestSensorPixels, reject }: DecodeOptions = {}): OperatorFunction<Packet, EventBatch> =>
  perSensor((packets) =>
    defer(() => {
      let session: Session | undefined;
      let read: SensorDecoder | undefined;
      let ending: Subscription | undefined;
      const decoderOf = (packet: Packet): SensorDecoder => {
        if (read && packet.session === session) return read;
        ending?.unsubscribe();
        session = packet.session;
        const begun = (read = decodeSensor(formats, { nearUs: session?.after?.end, largestSensorPixels }));
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

export interface SensorDecoderOptions {
  /** Sensor time near which the stream begins, in microseconds, where an earlier part was read before. */
  readonly nearUs?: number | undefined;
  /** As for `decode`. */
  readonly largestSensorPixels?: number | undefined;
}

/** The same without RxJS: packets of one sensor in, batches out. */
export function decodeSensor(
  formats: readonly Format[],
  { nearUs, largestSensorPixels = LARGEST_SENSOR_PIXELS }: SensorDecoderOptions = {},
): SensorDecoder {
  let begun: Pick<Packet, 'encoding' | 'width' | 'height'> = { encoding: '', width: 0, height: 0 };
  let decoder: Decoder | undefined;
  let nextSeq: number | undefined;
  let latest: Packet | undefined;
  /** By encoding: the time that was reached. A packet of another encoding or size in between is no new beginning. */
  const reached = new Map<string, number>();

  /** The decoder for a packet: a new one where the packet does not go on as the stream began. */
  const decoderFor = (packet: Packet, isNext: boolean): Decoder => {
    const fault = packet.fault ?? geometryFault(packet, largestSensorPixels);
    if (fault !== undefined) throw malformed(packet, fault);
    if (decoder && packet.encoding === begun.encoding && !isResized(packet, begun, decoder)) {
      if (!isNext) decoder.gap();
      return decoder;
    }
    const { encoding, width, height } = packet;
    decoder = formatOf(formats, packet).start({ width, height, nearUs: reached.get(encoding) ?? nearUs });
    begun = { encoding, width, height };
    return decoder;
  };

  const read = (packet: Packet): EventBatch => {
    const isNext = packet.seq === nextSeq;
    nextSeq = undefined;
    const current = decoderFor(packet, isNext);
    latest = packet;

    const before = damageOf(current.counters);
    const reachedUs = current.clockUs;
    const events = pushWhole(current, packet);
    nextSeq = packet.seq + 1;
    const { counters } = current;
    report('decode', () => ({ sensor: packet.sensor, counters: { ...counters } }));
    const damage = damageOf(counters) - before;
    if (damage > events.length) {
      // What the damage said of the time is not believed: random words look like wraps of the sensor's clock.
      current.gap(Number.isNaN(reachedUs) ? undefined : reachedUs);
      throw new PipelineError(
        'DECODE_MALFORMED',
        `packet ${packet.seq} of ${shownName(packet.sensor)} (${packet.encoding}, ${packet.bytes.byteLength} bytes) is mostly damage: ${damage} words or events that cannot be, ${events.length} that can`,
      );
    }
    const fault = events.length > 0 ? sizeFault(current, largestSensorPixels) : undefined;
    if (fault !== undefined) throw malformed(packet, fault);
    if (!Number.isNaN(current.clockUs)) reached.set(packet.encoding, current.clockUs);
    return batchOf(packet, packet.ack, events, current);
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

/** Whether a packet claims another size than the stream began with. What the bytes themselves said is not overruled. */
const isResized = (packet: Packet, begun: Pick<Packet, 'width' | 'height'>, decoder: Decoder): boolean =>
  packet.width > 0 &&
  packet.height > 0 &&
  (packet.width !== begun.width || packet.height !== begun.height) &&
  (begun.width > 0 || decoder.width === 0);

/** What is wrong with the size that a stream with events has by now. */
const sizeFault = (decoder: Decoder, largestSensorPixels: number): string | undefined =>
  decoder.width === 0 || decoder.height === 0
    ? 'the size of its sensor is not known; give width and height to the packets or to their source'
    : geometryFault(decoder, largestSensorPixels);

const malformed = ({ position: { source, unit, first }, encoding }: Packet, what: string): PipelineError =>
  new PipelineError('DECODE_MALFORMED', `${unit} ${first} of ${source} (${shown(encoding)}): ${what}`);

function formatOf(formats: readonly Format[], { encoding, sensor, seq }: Packet): Format {
  const format = formats.find(({ name }) => name === encoding);
  if (format) return format;
  const known = formats.map(({ name }) => name).join(', ');
  throw new PipelineError(
    'DECODE_MALFORMED',
    `packet ${seq} of ${shownName(sensor)} has encoding ${shown(encoding)}; this pipeline decodes ${known}`,
  );
}

/** Words and events that cannot be. Lost state (orphans) and steps in time are consequences, not damage. */
const damageOf = ({ outOfRange, unknownWords }: Readonly<DecodeCounters>): number => outOfRange + unknownWords;
