/** Bytes that wait until there are enough of them. Appending many small pieces costs no more than one large piece. */
export interface ByteQueue {
  readonly length: number;
  /** Bytes of memory that it holds. */
  readonly heldBytes: number;
  append(bytes: Uint8Array): void;
  /** The bytes in order; valid until the next call. */
  view(): Uint8Array;
  /** Drops the first ones. */
  drop(count: number): void;
}

const SMALL = 1024;
const KEPT = 2 ** 18;

export function makeByteQueue(): ByteQueue {
  let buffer = new Uint8Array(SMALL);
  let start = 0;
  let end = 0;
  return {
    get length() {
      return end - start;
    },
    get heldBytes() {
      return buffer.length;
    },
    append(bytes) {
      if (end + bytes.length > buffer.length) {
        const needed = end - start + bytes.length;
        const room = needed > buffer.length / 2 ? new Uint8Array(Math.max(needed * 2, SMALL)) : buffer;
        room.set(buffer.subarray(start, end));
        [buffer, start, end] = [room, 0, end - start];
      }
      buffer.set(bytes, end);
      end += bytes.length;
    },
    view: () => buffer.subarray(start, end),
    drop(count) {
      start += count;
      if (start < end) return;
      [start, end] = [0, 0];
      // There may be thousands of queues: an empty one keeps little.
      if (buffer.length > KEPT) buffer = new Uint8Array(SMALL);
    },
  };
}
