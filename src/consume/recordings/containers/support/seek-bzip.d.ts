declare module 'seek-bzip' {
  const bunzip: {
    /** Unpacks bzip2 and writes byte by byte. Throws on bytes that are damaged. */
    decode(packed: Uint8Array, output: { writeByte(byte: number): void }): void;
  };
  export default bunzip;
}
