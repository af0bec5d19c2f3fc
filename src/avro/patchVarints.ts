import { createRequire } from 'node:module';

/*
  avsc 5.7 reads a number of any length: from some 150 bytes on it becomes NaN. As the length of a byte string NaN passes every
  comparison and gets into the pool that avsc cuts its buffers from: from then on every byte string of the process is empty. So one
  message of 173 bytes would silence all sensors. The Avro specification has at most ten bytes; here a longer number ends the record.
*/

interface Tap {
  pos: number;
  readLong: (this: Tap) => number;
  _invalidate: (this: Tap) => void;
}

const LONGEST = 10;

let isPatched = false;

/** Makes avsc refuse numbers of more than ten bytes. To be called before anything is read. */
export function patchVarints(): void {
  if (isPatched) return;
  isPatched = true;
  const { prototype } = (createRequire(import.meta.url)('avsc/lib/utils') as { Tap: { prototype: Tap & { readInt: Tap['readLong'] } } })
    .Tap;
  const { readLong, _invalidate: invalidate } = prototype;
  prototype.readLong = function read() {
    const from = this.pos;
    const value = readLong.call(this);
    if (this.pos - from <= LONGEST) return value;
    invalidate.call(this);
    return 0;
  };
  prototype.readInt = prototype.readLong;
}
