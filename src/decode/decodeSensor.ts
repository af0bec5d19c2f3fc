import { PipelineError } from '../errors.ts';
import type { Ack } from '../stage/item.ts';
import type { Packet } from '../stage/packet.ts';
import { report } from '../stage/report.ts';
import { shown, shownName } from '../stage/shown.ts';
import type { DecodeCounters, Decoder, Format } from './decoder.ts';
import { type EventBatch, type Events, copyEvents } from './events.ts';
import { LARGEST_SENSOR_PIXELS, geometryFault } from './geometryFault.ts';
import { pushWhole } from './pushWhole.ts';

/** A decoder for the packets of one sensor. */
export interface SensorDecoder {
  /** Throws DECODE_MALFORMED. */
  (packet: Packet): EventBatch;
  /** The stream ended: the events that were held back for the rest of a record, if there are any. Their packet was acked. */
  end(): EventBatch | undefined;
  /** Sensor time reached, in microseconds; NaN before it is known. */
  clockUs(): number;
  /** Bytes that it keeps for the rest of a record. */
  heldBytes(): number;
}

export interface SensorDecoderOptions {
  /** Sensor time near which the stream begins, in microseconds, where an earlier part was read before. */
  readonly nearUs?: number | undefined;
  /** As for `decode`. */
  readonly largestSensorPixels?: number | undefined;
}

/** Packets of one sensor in, batches out, without RxJS. */
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
  return Object.assign(read, { end, clockUs: () => decoder?.clockUs ?? Number.NaN, heldBytes: () => decoder?.heldBytes ?? 0 });
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
