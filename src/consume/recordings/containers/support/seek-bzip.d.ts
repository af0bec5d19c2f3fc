declare module 'seek-bzip' {
  interface Bunzip {
    /** Throws where the bytes are damaged. */
    decode(input: Uint8Array, size?: number): Uint8Array;
  }
  const bunzip: Bunzip;
  export default bunzip;
}
