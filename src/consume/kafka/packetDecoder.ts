/*
  A packet in a Kafka message, whose key is the sensor
    Avro : schemas/event-packet.avsc, in one of the wire formats of avro/wireFormat.ts
    raw  : the value is the bytes of the sensor; headers, all text, say what they are:
           encoding, width, height, seq, time-base-ns, captured-at-us
*/
import { decoder } from '../../avro/wireFormat.ts';
import { schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import type { Packet } from '../../stage/packet.ts';
import { type CheckedPacketEncoding, wireOf } from './packetEncoding.ts';

export type PacketFields = Omit<Packet, 'position' | 'ack' | 'session'>;

/** The part of a Kafka message that a packet is made from. */
export interface PacketMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  readonly offset: string;
  /** Why the batch of the message could not be read. */
  readonly unreadable?: string;
}

interface EventPacket {
  readonly sensor: string;
  readonly seq: number;
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
  readonly timeBaseNs: number;
  readonly capturedAtUs: number | null;
  readonly events: Buffer;
}

/** Values of raw packets that lack a header, unless options give others. */
const RAW_DEFAULTS = { encoding: '', width: 0, height: 0 };

export type PacketDecoder = (message: PacketMessage) => PacketFields | Promise<PacketFields>;

/**
 * Reads packets from messages. A message that cannot be read becomes a packet of an encoding that no decoder knows, so that
 * it ends as a dead letter with its bytes.
 */
export function packetDecoder(encoding: CheckedPacketEncoding): PacketDecoder {
  const decode = readableDecoder(encoding);
  return (message) => (message.unreadable === undefined ? decode(message) : unreadable(message, message.unreadable));
}

function readableDecoder(encoding: CheckedPacketEncoding): PacketDecoder {
  const wire = wireOf(encoding);
  if (wire === 'raw') {
    const defaults = { ...RAW_DEFAULTS, ...encoding.raw };
    return (message) => rawPacket(message, defaults);
  }
  const decode = decoder<EventPacket>('event-packet', wire, encoding.registry && schemaRegistry(encoding.registry));
  return (message) => {
    try {
      const decoded = decode(message.value ?? Buffer.alloc(0));
      if (!(decoded instanceof Promise)) return avroPacket(decoded);
      return decoded.then(avroPacket, (cause: unknown) => unreadable(message, cause));
    } catch (cause) {
      return unreadable(message, cause);
    }
  };
}

const avroPacket = ({ sensor, seq, encoding, width, height, timeBaseNs, capturedAtUs, events }: EventPacket): PacketFields => ({
  sensor,
  seq,
  encoding,
  width,
  height,
  timeBaseNs: BigInt(timeBaseNs),
  capturedAtUs: capturedAtUs ?? 0,
  bytes: events,
});

function rawPacket({ key, value, headers, offset }: PacketMessage, { encoding, width, height }: typeof RAW_DEFAULTS): PacketFields {
  const text = (name: string): string | undefined => headers?.[name]?.toString();
  const number = (name: string, otherwise: number): number => {
    const found = Number(text(name) ?? otherwise);
    return Number.isFinite(found) ? found : otherwise;
  };
  return {
    sensor: key?.toString() ?? 'sensor',
    seq: number('seq', Number(offset)),
    encoding: text('encoding') ?? encoding,
    width: number('width', width),
    height: number('height', height),
    timeBaseNs: BigInt(number('time-base-ns', 0)),
    capturedAtUs: number('captured-at-us', 0),
    bytes: value ?? Buffer.alloc(0),
  };
}

const unreadable = ({ key, value, offset }: PacketMessage, cause: unknown): PacketFields => ({
  sensor: key?.toString() ?? 'unreadable',
  seq: Number(offset),
  encoding: `unreadable: ${cause instanceof Error ? cause.message : String(cause)}`,
  width: 0,
  height: 0,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes: value ?? Buffer.alloc(0),
});
