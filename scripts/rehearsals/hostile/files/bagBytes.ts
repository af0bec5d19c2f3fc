import { sized, u32, u64, u8 } from './numbers.ts';

/* ROS 1 bag 2.0; http://wiki.ros.org/Bags/Format/2.0. The files lie about lengths, sizes and places. */
const MAGIC = Buffer.from('#ROSBAG V2.0\n');
const BAG_HEADER_BYTES = 4096;
const header = (fields: Readonly<Record<string, Uint8Array | string>>): Buffer =>
  sized(
    Buffer.concat(
      Object.entries(fields).map(([name, value]) => sized(Buffer.concat([Buffer.from(`${name}=`), Buffer.from(value as Uint8Array)]))),
    ),
  );
const record = (fields: Readonly<Record<string, Uint8Array | string>>, data: Uint8Array): Buffer =>
  Buffer.concat([header(fields), sized(data)]);

export interface BagChunk {
  readonly compression: string;
  readonly declared: number;
  readonly packed: Uint8Array;
}

export interface BagLies {
  /** How often each chunk is in the index. */
  readonly times?: number;
  /** How many chunks the header counts. */
  readonly count?: number;
  /** Data bytes that the record of each chunk in the index claims. */
  readonly dataBytes?: (headerBytes: number) => number;
}

/** One message at the time 1. */
export const bagMessage = (data: Uint8Array): Buffer => record({ op: u8(2), conn: u32(0), time: u64(1) }, data);

/** A bag of chunks that are all of the time 1, each with one message at its beginning. */
export function bagBytes(chunks: readonly BagChunk[], { times = 1, count = chunks.length * times, dataBytes }: BagLies = {}): Buffer {
  const parts: Buffer[] = [];
  const infos: Buffer[] = [];
  let at = MAGIC.length + BAG_HEADER_BYTES;
  for (const { compression, declared, packed } of chunks) {
    const chunk = record({ op: u8(5), compression, size: u32(declared) }, packed);
    const index = record({ op: u8(4), ver: u32(1), conn: u32(0), count: u32(1) }, Buffer.concat([u64(1), u32(0)]));
    const fields = header({
      op: u8(6),
      ver: u32(1),
      chunk_pos: u64(at),
      start_time: u64(1),
      end_time: u64(1),
      count: u32(dataBytes ? 0 : 1),
    });
    const data = dataBytes ? u32(dataBytes(fields.length - 4) >>> 0) : sized(Buffer.concat([u32(0), u32(1)]));
    for (let i = 0; i < times; i++) infos.push(Buffer.concat([fields, data]));
    parts.push(chunk, index);
    at += chunk.length + index.length;
  }
  const about = header({ topic: '/events', type: 'event_camera_msgs/EventPacket', md5sum: '0', message_definition: '' }).subarray(4);
  const connection = record({ op: u8(7), conn: u32(0), topic: '/events' }, about);
  const fields = header({ op: u8(3), index_pos: u64(at), conn_count: u32(1), chunk_count: u32(count) });
  const padding = sized(Buffer.alloc(BAG_HEADER_BYTES - fields.length - 4, 0x20));
  return Buffer.concat([MAGIC, fields, padding, ...parts, connection, ...infos]);
}
