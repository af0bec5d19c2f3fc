/** Little-endian bytes of numbers, and texts behind their u32 length. */
export const u8 = (...values: number[]): Buffer => Buffer.from(values);
export const u16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer);
export const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
export const u64 = (value: number | bigint): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
export const sized = (bytes: Uint8Array | string): Buffer => Buffer.concat([u32(bytes.length), Buffer.from(bytes as Uint8Array)]);

/** A message `event_camera_msgs/EventPacket` of ROS 1 with so many bytes of EVT3, which repeat `fill`. */
export const eventPacket = (eventBytes: number, fill: readonly number[] = [0]): Buffer =>
  Buffer.concat([
    Buffer.alloc(16),
    u32(480),
    u32(640),
    Buffer.alloc(16),
    sized('evt3'),
    u8(0),
    u32(eventBytes),
    Buffer.alloc(eventBytes, Buffer.from(fill)),
  ]);
