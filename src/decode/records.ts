/** Cuts a byte stream that may be divided anywhere into whole records of a fixed size. */
export interface Records {
  /**
   * The whole records that are now complete, at an offset that is a multiple of 8, so that a typed array can view
   * them. Valid until the next call of any `take` of this thread.
   */
  take(bytes: Uint8Array): Uint8Array;
  /** Drops the part of a record that is held back, and returns how many bytes it had. */
  drop(): number;
}

/** Where parts of records are put together, for all decoders of a thread. */
let joined = new Uint8Array(0);

export function makeRecords(size: number): Records {
  const rest = new Uint8Array(size);
  let held = 0;

  return {
    take(bytes) {
      const total = held + bytes.byteLength;
      const whole = total - (total % size);
      if (whole === 0) {
        rest.set(bytes, held);
        held = total;
        return joined.subarray(0, 0);
      }
      let records = bytes.subarray(0, whole - held);
      if (held > 0 || bytes.byteOffset % 8 !== 0) {
        if (joined.byteLength < whole) joined = new Uint8Array(whole + (whole >>> 1));
        joined.set(rest.subarray(0, held));
        joined.set(records, held);
        records = joined.subarray(0, whole);
      }
      const left = bytes.subarray(whole - held);
      rest.set(left);
      held = left.byteLength;
      return records;
    },
    drop() {
      const lost = held;
      held = 0;
      return lost;
    },
  };
}
