import { sized, u16, u32, u64, u8 } from './numbers.ts';

/*
  MCAP: magic, records { u8 kind, u64 length, content }, magic; https://mcap.dev/spec
  The library's writer makes none that lie; these do.
*/
const MAGIC = u8(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);
const record = (kind: number, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([u8(kind), u64(body.length), body]);
};
const DESCRIPTION = [
  record(3, u16(1), sized('event_camera_msgs/msg/EventPacket'), sized('ros1msg'), u32(0)),
  record(4, u16(1), u16(1), sized('/events'), sized('ros1'), u32(0)),
];

export interface McapChunk {
  readonly compression: string;
  /** What the chunk says that it unpacks to, and what the index says. */
  readonly declared: number | bigint;
  readonly indexed?: number | bigint;
  readonly packed: Uint8Array;
  /** Places of messages in the unpacked chunk. */
  readonly offsets: readonly number[];
}

/** One message at the time 1. */
export const mcapMessage = (data: Uint8Array): Buffer => record(5, u16(1), u32(0), u64(1), u64(1), data);

/** A file of chunks that are all of the time 1, each with `times` entries in the index of chunks. */
export function mcapBytes(chunks: readonly McapChunk[], times = 1): Buffer {
  const parts: Buffer[] = [MAGIC, record(1, sized(''), sized('hostile')), ...DESCRIPTION];
  let at = parts.reduce((sum, part) => sum + part.length, 0);
  const indexes: Buffer[] = [];
  for (const { compression, declared, indexed = declared, packed, offsets } of chunks) {
    const chunk = record(6, u64(1), u64(1), u64(declared), u32(0), sized(compression), u64(packed.length), packed);
    const entries = Buffer.concat(offsets.map((offset) => Buffer.concat([u64(1), u64(offset)])));
    const messages = record(7, u16(1), sized(entries));
    const place = [u64(1), u64(1), u64(at), u64(chunk.length), u32(10), u16(1), u64(at + chunk.length), u64(messages.length)];
    const index = record(8, ...place, sized(compression), u64(packed.length), u64(indexed));
    for (let i = 0; i < times; i++) indexes.push(index);
    parts.push(chunk, messages);
    at += chunk.length + messages.length;
  }
  const dataEnd = record(15, u32(0));
  const footer = record(2, u64(at + dataEnd.length), u64(0), u32(0));
  return Buffer.concat([...parts, dataEnd, ...DESCRIPTION, ...indexes, footer, MAGIC]);
}
