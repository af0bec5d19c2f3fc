import { Bag } from '@foxglove/rosbag';
import type { RandomAccess } from '../../container.ts';
import { unpackChunk } from './unpackChunk.ts';

type Time = NonNullable<Bag['startTime']>;

/** A bag whose records cannot make the library turn on the spot, and whose open chunks fit into the memory. */
export interface CheckedBag {
  readonly bag: Bag;
  /** Opens it. Throws RangeError where its chunks do not lie one after the other. */
  open(): Promise<void>;
  /** A message of this time was given out: chunks that end before it are held no more. */
  passed(time: Time): void;
}

export function checkedBag(file: RandomAccess): CheckedBag {
  const { lz4, bz2 } = unpackChunk(file);
  /** The end of each chunk, by its position in the file. */
  const ends = new Map<number, Time>();
  let held: { end: Time; bytes: number }[] = [];
  let heldBytes = 0;
  let now: Time = { sec: 0, nsec: 0 };
  let chunkEnd = now;
  const hold = (bytes: number): void => {
    held.push({ end: chunkEnd, bytes });
    heldBytes += bytes;
    if (heldBytes <= file.limits.heldBytes) return;
    // What was given out is forgotten only now and then.
    held = held.filter(({ end }) => !isBefore(end, now));
    heldBytes = held.reduce((sum, chunk) => sum + chunk.bytes, 0);
    if (heldBytes > file.limits.heldBytes)
      throw new RangeError(`chunks of ${heldBytes} bytes overlap in time, more than limits.heldBytes, ${file.limits.heldBytes}`);
  };
  const holding =
    (how: (packed: Uint8Array, size: number) => Uint8Array) =>
    (packed: Uint8Array, size: number): Uint8Array => {
      hold(size);
      return how(packed, size);
    };
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const end = ends.get(offset);
    const bytes = await file.read(offset, length);
    if (end) {
      chunkEnd = end;
      hold(bytes.length);
    }
    return bytes;
  };
  const bag = new Bag({ read, size: () => file.size }, { parse: false, decompress: { lz4: holding(lz4), bz2: holding(bz2) } });
  checkRecords(bag);
  return {
    bag,
    async open() {
      await bag.open();
      let before = -1;
      for (const { chunkPosition, endTime } of bag.chunkInfos) {
        if (!(chunkPosition > before)) throw new RangeError(`a chunk at ${chunkPosition} behind one at ${before}`);
        before = chunkPosition;
        ends.set(chunkPosition, endTime);
      }
    },
    passed: (time) => void (now = time),
  };
}

const isBefore = (a: Time, b: Time): boolean => a.sec < b.sec || (a.sec === b.sec && a.nsec < b.nsec);

/** With a negative length the library would read one record again and again, as often as the file says. */
function checkRecords({ reader }: Bag): void {
  const readRecord = reader.readRecordFromBuffer.bind<typeof reader.readRecordFromBuffer>(reader);
  reader.readRecordFromBuffer = (buffer, offset, kind) => {
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const headerBytes = view.getInt32(0, true);
    const dataBytes = headerBytes < 0 ? -1 : view.getInt32(4 + headerBytes, true);
    if (dataBytes < 0) throw new RangeError(`a record of a length below 0 at ${offset}`);
    return readRecord(buffer, offset, kind);
  };
}
