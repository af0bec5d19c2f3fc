import bunzip from 'seek-bzip';

/** bzip2, unpacked to `size` bytes. Throws where the bytes are damaged, or unpack to another length: at once where it would be more. */
export function bzip2(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let length = 0;
  bunzip.decode(Buffer.from(packed), {
    writeByte(byte) {
      // Given a buffer, the library would write on behind its end: 46 bytes are 46 MB.
      if (length === size) throw new RangeError(`a bzip2 chunk unpacks to more than the ${size} bytes that it declares`);
      out[length++] = byte;
    },
  });
  if (length < size) throw new RangeError(`a bzip2 chunk unpacks to ${length} of the ${size} bytes that it declares`);
  return out;
}
