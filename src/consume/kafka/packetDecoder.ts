/*
  A packet in a Kafka message, whose key is the sensor
    Avro : schemas/event-packet.avsc, in one of the wire formats of avro/wireFormat.ts
    raw  : the value is the bytes of the sensor; headers, all text, say what they are:
           encoding, width, height, seq, time-base-ns, captured-at-us
*/
import { decoder } from '../../avro/wireFormat.ts';
import { PipelineError, messageOf } from '../../errors.ts';
import { patientRegistry } from '../../kafka/client/patientRegistry.ts';
import { schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import type { Packet } from '../../stage/packet.ts';
import { sensorName, sensorNameOf } from '../../stage/sensorName.ts';
import { MOST, seqOf, wholeNumber } from '../wholeNumber.ts';
import { type MessageHeaders, headerReader } from './headerReader.ts';
import { type CheckedPacketEncoding, wireOf } from './packetEncoding.ts';

export type PacketFields = Omit<Packet, 'position' | 'ack' | 'session'>;

/** The part of a Kafka message that a packet is made from. */
export interface PacketMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: MessageHeaders;
  readonly offset: string;
  /** Why the batch of the message could not be read. */
  readonly unreadable?: string;
}

interface EventPacket {
  readonly sensor: string;
  readonly seq: bigint;
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
  readonly timeBaseNs: bigint;
  readonly capturedAtUs: bigint | null;
  readonly events: Buffer;
}

/** Values of raw packets that lack a header, unless options give others. */
const RAW_DEFAULTS = { encoding: '', width: 0, height: 0 };
/** The sensor of messages without a key. */
const NAMELESS = 'sensor';

export type PacketDecoder = (message: PacketMessage) => PacketFields | Promise<PacketFields>;

/**
 * Reads packets from messages. Never throws: a message that cannot be read becomes a packet with a `fault`. Rejects only where the
 * schema registry was away for too long, or refuses us: that says nothing about the message.
 *
 * @param signal ends the waiting for a registry that is away
 */
export function packetDecoder(encoding: CheckedPacketEncoding, signal?: AbortSignal): PacketDecoder {
  const wire = wireOf(encoding);
  const read = wire === 'raw' ? rawReader({ ...RAW_DEFAULTS, ...encoding.raw }) : avroReader(wire, encoding, signal);
  return (message) => {
    if (message.unreadable !== undefined) return faulty(message, message.unreadable);
    try {
      const fields = read(message);
      return fields instanceof Promise ? fields.catch((cause: unknown) => faultOrOutage(message, cause)) : fields;
    } catch (cause) {
      return faulty(message, cause);
    }
  };
}

function faultOrOutage(message: PacketMessage, cause: unknown): PacketFields {
  if (cause instanceof PipelineError && (cause.retryable || cause.code === 'CONFIG_INVALID')) throw cause;
  return faulty(message, cause);
}

function avroReader(
  wire: Exclude<ReturnType<typeof wireOf>, 'raw'>,
  { registry }: CheckedPacketEncoding,
  signal: AbortSignal | undefined,
): PacketDecoder {
  const schemas = registry && patientRegistry(schemaRegistry(registry), registry.url, signal);
  const decode = decoder<EventPacket>('event-packet', wire, schemas, { exact: true });
  return (message) => {
    const decoded = decode(valueOf(message));
    return decoded instanceof Promise ? decoded.then((packet) => avroPacket(packet, message)) : avroPacket(decoded, message);
  };
}

const avroPacket = (packet: EventPacket, { key }: PacketMessage): PacketFields => ({
  sensor: packet.sensor === '' ? (nameOf(key) ?? NAMELESS) : sensorName(packet.sensor),
  seq: seqOf(wholeNumber("field 'seq'", packet.seq, MOST.seq)),
  encoding: packet.encoding,
  width: Number(wholeNumber("field 'width'", packet.width, MOST.side)),
  height: Number(wholeNumber("field 'height'", packet.height, MOST.side)),
  timeBaseNs: wholeNumber("field 'timeBaseNs'", packet.timeBaseNs, MOST.timeBaseNs),
  capturedAtUs: Number(wholeNumber("field 'capturedAtUs'", packet.capturedAtUs ?? 0, MOST.capturedAtUs)),
  bytes: packet.events,
});

const rawReader =
  (defaults: typeof RAW_DEFAULTS) =>
  (message: PacketMessage): PacketFields => {
    const { text, number } = headerReader(message.headers);
    return {
      sensor: nameOf(message.key) ?? NAMELESS,
      bytes: valueOf(message),
      seq: seqOf(number('seq', MOST.seq, message.offset)),
      encoding: text('encoding') ?? defaults.encoding,
      width: Number(number('width', MOST.side, defaults.width)),
      height: Number(number('height', MOST.side, defaults.height)),
      timeBaseNs: number('time-base-ns', MOST.timeBaseNs, 0),
      capturedAtUs: Number(number('captured-at-us', MOST.capturedAtUs, 0)),
    };
  };

const nameOf = (key: Buffer | null): string | undefined => (key && key.length > 0 ? sensorNameOf(key) : undefined);

function valueOf({ value }: PacketMessage): Buffer {
  if (value) return value;
  throw new PipelineError('DECODE_MALFORMED', 'the message has no value (a tombstone); send packets with their bytes');
}

const faulty = ({ key, value, offset }: PacketMessage, cause: unknown): PacketFields => ({
  sensor: nameOf(key) ?? 'unreadable',
  seq: Number(offset),
  encoding: 'unreadable',
  width: 0,
  height: 0,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes: value ?? Buffer.alloc(0),
  fault: messageOf(cause),
});
