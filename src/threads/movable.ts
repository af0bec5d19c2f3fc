/** The same bytes in a buffer of their own, which can be moved to another thread: theirs, where it holds nothing else. */
export const movable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength && !(bytes instanceof Buffer)
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
