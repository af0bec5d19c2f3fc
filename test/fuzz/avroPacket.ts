/* An EventPacket in Avro, from the specification alone: https://avro.apache.org/docs/1.11.1/specification/#binary-encoding */

/** The fields in the order of schemas/event-packet.avsc; longs of any size, so that each can be one that no field should hold. */
export interface AvroPacket {
  readonly sensor: Uint8Array;
  readonly seq: bigint;
  readonly encoding: Uint8Array;
  readonly width: bigint;
  readonly height: bigint;
  readonly timeBaseNs: bigint;
  /** Null, or a number. */
  readonly capturedAtUs: bigint | null;
  readonly events: Uint8Array;
}

export const avroPacket = ({ sensor, seq, encoding, width, height, timeBaseNs, capturedAtUs, events }: AvroPacket): Buffer =>
  Buffer.concat([
    bytes(sensor),
    long(seq),
    bytes(encoding),
    long(width),
    long(height),
    long(timeBaseNs),
    capturedAtUs === null ? long(0n) : Buffer.concat([long(1n), long(capturedAtUs)]),
    bytes(events),
  ]);

const bytes = (value: Uint8Array): Buffer => Buffer.concat([long(BigInt(value.length)), value]);

/** Zigzag, in groups of seven bits, lowest first. */
export function long(value: bigint): Buffer {
  const out: number[] = [];
  let left = value >= 0n ? value * 2n : value * -2n - 1n;
  for (; left > 127n; left /= 128n) out.push(Number(left % 128n) | 128);
  return Buffer.from([...out, Number(left)]);
}
