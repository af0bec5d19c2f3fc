/*
  A packet in a Kafka message, whose key is the sensor
    Avro : schemas/event-packet.avsc, in one of the wires of kafka/avroWire.ts
    raw  : the value is the bytes of the sensor; headers, all text, say what they are:
           encoding, width, height, seq, time-base-ns, captured-at-us
*/
import { type Wire, decoder } from '../../avro/wireFormat.ts';
import type { Registry } from '../../kafka/client/schemaRegistry.ts';
import type { Packet } from '../../stage/packet.ts';

export type PacketFields = Omit<Packet, 'position' | 'ack' | 'session'>;

/** The part of a Kafka message that a packet is made from. */
export interface Message {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  readonly offset: string;
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

/** What raw packets have where they lack a header. */
export interface RawDefaults {
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
}

/** Reads packets. What cannot be read becomes a packet of an encoding that nobody decodes, so that it ends as a dead letter with its bytes. */
export function packetReader(
  wire: Wire | 'raw',
  registry: Registry | undefined,
  defaults: RawDefaults,
): (message: Message) => PacketFields | Promise<PacketFields> {
  if (wire === 'raw') return (message) => rawPacket(message, defaults);
  const decode = decoder<EventPacket>('event-packet', wire, registry);
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

function rawPacket({ key, value, headers, offset }: Message, { encoding, width, height }: RawDefaults): PacketFields {
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

const unreadable = ({ key, value, offset }: Message, cause: unknown): PacketFields => ({
  sensor: key?.toString() ?? 'unreadable',
  seq: Number(offset),
  encoding: `unreadable: ${cause instanceof Error ? cause.message : String(cause)}`,
  width: 0,
  height: 0,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes: value ?? Buffer.alloc(0),
});
