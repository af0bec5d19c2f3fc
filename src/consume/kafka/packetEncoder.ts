/* The inverse of packetDecoder.ts, which has the grammar of the messages. */
import { encoder, registeredPrefix, singleObjectPrefix } from '../../avro/wireFormat.ts';
import type { OutMessage } from '../../kafka/producer/sendMessages.ts';
import { type RegistryOptions, schemaRegistry } from '../../kafka/client/schemaRegistry.ts';
import type { Packet } from '../../stage/packet.ts';

export interface PacketEncoderOptions {
  readonly topic: string;
  readonly wire: 'avro' | 'raw';
  /** Without one, Avro is written as single objects. */
  readonly registry?: RegistryOptions | undefined;
  /** What the packets were read from: a header, by which a second run recognises what the first one sent. */
  readonly recording: string;
}

/** Makes messages of packets. Rejects when the registry does not accept the schema. */
export async function packetEncoder({ topic, wire, registry, recording }: PacketEncoderOptions): Promise<(packet: Packet) => OutMessage> {
  const common = ({ seq, encoding }: Packet): Record<string, string> => ({ encoding, seq: String(seq), recording });
  if (wire === 'raw') {
    return (packet) => ({
      topic,
      key: packet.sensor,
      value: Buffer.from(packet.bytes),
      headers: {
        ...common(packet),
        width: String(packet.width),
        height: String(packet.height),
        'time-base-ns': String(packet.timeBaseNs),
        'captured-at-us': String(packet.capturedAtUs),
      },
    });
  }
  const prefix = registry
    ? await registeredPrefix(schemaRegistry(registry), 'event-packet', 'topic', topic)
    : singleObjectPrefix('event-packet');
  const { encode } = encoder('event-packet', prefix, { exact: true });
  return (packet) => {
    const { sensor, seq, encoding, width, height, timeBaseNs, capturedAtUs, bytes } = packet;
    const record = {
      sensor,
      seq,
      encoding,
      width,
      height,
      timeBaseNs,
      capturedAtUs: capturedAtUs || null,
      events: Buffer.from(bytes),
    };
    return { topic, key: sensor, value: encode(record), headers: common(packet) };
  };
}
