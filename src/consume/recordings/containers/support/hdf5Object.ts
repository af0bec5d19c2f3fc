import type { RandomAccess } from '../../container.ts';
import { hdf5Leaves } from './hdf5Leaves.ts';
import { expectSignature, padded, latin1, u64, hdf5View } from './hdf5View.ts';

/*
  HDF5, as much of it as Prophesee's files need, little endian, offsets and lengths of 8 bytes
    superblock 0 to 3, object headers 1 and 2, groups with symbol tables or links in their header, datasets in one
    piece or in chunks with a B-tree 1 (what libraries write by default), attributes that are strings
  What is not among it throws RangeError with its name. https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html
*/

interface Message {
  readonly type: number;
  readonly data: DataView;
}

export interface Hdf5Object {
  readonly messages: readonly Message[];
}

const MOST_MESSAGES = 4096;

const LINK = 6;
const ATTRIBUTE = 12;
const CONTINUATION = 16;
const SYMBOL_TABLE = 17;

/** The root group. */
export async function openHdf5(file: RandomAccess): Promise<Hdf5Object> {
  const view = await hdf5View(file, 0, 96);
  const version = view.getUint8(8);
  const address = version < 2 ? u64(view, version === 0 ? 64 : 68) : u64(view, 36);
  return readObject(file, address);
}

async function readObject(file: RandomAccess, address: number): Promise<Hdf5Object> {
  const start = await hdf5View(file, address, 16);
  const messages: Message[] = [];
  const blocks: { at: number; length: number }[] = [];
  let count = 0;
  const isNew = latin1(start, 0, 4) === 'OHDR';
  const flags = isNew ? start.getUint8(5) : 0;
  if (isNew) {
    const sizeAt = address + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const sizeBytes = 2 ** (flags & 3);
    const size = await hdf5View(file, sizeAt, sizeBytes);
    let length = 0;
    for (let i = sizeBytes - 1; i >= 0; i--) length = length * 256 + size.getUint8(i);
    blocks.push({ at: sizeAt + sizeBytes, length });
  } else if (start.getUint8(0) === 1) blocks.push({ at: address + 16, length: start.getUint32(8, true) });
  else throw new RangeError(`an object header of version ${start.getUint8(0)}`);

  for (let block = blocks.shift(); block; block = blocks.shift()) {
    const view = await hdf5View(file, block.at, block.length);
    const headBytes = isNew ? 4 + (flags & 4 ? 2 : 0) : 8;
    for (let at = 0; at + headBytes <= view.byteLength;) {
      const type = isNew ? view.getUint8(at) : view.getUint16(at, true);
      const size = view.getUint16(at + (isNew ? 1 : 2), true);
      at += headBytes;
      if (at + size > view.byteLength) break;
      const data = new DataView(view.buffer, view.byteOffset + at, size);
      if (type === CONTINUATION) {
        // New blocks begin with their own signature and end with a check sum.
        const [extra, tail] = isNew ? [4, 4] : [0, 0];
        blocks.push({ at: u64(data, 0) + extra, length: u64(data, 8) - extra - tail });
      } else messages.push({ type, data });
      // Blocks that continue each other count as well: they may do so in a circle.
      if (++count > MOST_MESSAGES) throw new RangeError('an object of too many messages');
      at += size;
    }
  }
  return { messages };
}

/** The first message of a type. */
export const findMessage = ({ messages }: Hdf5Object, type: number): DataView | undefined =>
  messages.find((message) => message.type === type)?.data;

/** The member of a group; undefined where it has none of that name. */
export async function member(file: RandomAccess, group: Hdf5Object, name: string): Promise<Hdf5Object | undefined> {
  const address = await addressOf(file, group, name);
  return address === undefined ? undefined : readObject(file, address);
}

async function addressOf(file: RandomAccess, group: Hdf5Object, name: string): Promise<number | undefined> {
  for (const { type, data } of group.messages) {
    if (type !== LINK) continue;
    const flags = data.getUint8(1);
    let at = 2;
    const kind = flags & 8 ? data.getUint8(at++) : 0;
    at += (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0);
    const sizeBytes = 2 ** (flags & 3);
    let length = 0;
    for (let i = sizeBytes - 1; i >= 0; i--) length = length * 256 + data.getUint8(at + i);
    at += sizeBytes;
    if (kind === 0 && length === name.length && latin1(data, at, length) === name) return u64(data, at + length);
  }
  const table = findMessage(group, SYMBOL_TABLE);
  if (!table) return undefined;
  const heap = await expectSignature(file, u64(table, 8), 32, 'HEAP');
  const names = await hdf5View(file, u64(heap, 24), u64(heap, 8));
  for await (const address of hdf5Leaves(file, u64(table, 0), 8)) {
    const head = await expectSignature(file, address.child, 8, 'SNOD');
    const count = head.getUint16(6, true);
    const entries = await hdf5View(file, address.child + 8, count * 40);
    for (let i = 0; i < count; i++) {
      // The names end with a zero byte. No more of them is read than is asked for: each may be as long as the heap.
      const [at, end] = [u64(entries, i * 40), name.length + 1];
      if (at + end <= names.byteLength && latin1(names, at, end) === name && names.getUint8(at + name.length) === 0)
        return u64(entries, i * 40 + 8);
    }
  }
  return undefined;
}

/** An attribute that is a string; undefined where there is none of that name. */
export async function textAttribute(file: RandomAccess, object: Hdf5Object, name: string): Promise<string | undefined> {
  for (const { type, data } of object.messages) {
    if (type !== ATTRIBUTE) continue;
    const version = data.getUint8(0);
    const [nameBytes, typeBytes, spaceBytes] = [2, 4, 6].map((at) => data.getUint16(at, true)) as [number, number, number];
    const round = version === 1 ? padded : (length: number): number => length;
    const nameAt = version === 3 ? 9 : 8;
    if (latin1(data, nameAt, nameBytes) !== name) continue;
    const typeAt = nameAt + round(nameBytes);
    const valueAt = typeAt + round(typeBytes) + round(spaceBytes);
    const typeClass = data.getUint8(typeAt) & 15;
    if (typeClass === 3) return latin1(data, valueAt, data.getUint32(typeAt + 4, true));
    if (typeClass === 9) return heapText(file, data, valueAt);
  }
  return undefined;
}

/** A string of its own length, which lies in a global heap: u32 length, u64 heap, u32 index. */
async function heapText(file: RandomAccess, data: DataView, at: number): Promise<string | undefined> {
  const [length, heapAt, wanted] = [data.getUint32(at, true), u64(data, at + 4), data.getUint32(at + 12, true)];
  const head = await expectSignature(file, heapAt, 16, 'GCOL');
  const heap = await hdf5View(file, heapAt, u64(head, 8));
  for (let i = 16; i + 16 <= heap.byteLength;) {
    const [index, size] = [heap.getUint16(i, true), u64(heap, i + 8)];
    if (index === wanted) return latin1(heap, i + 16, Math.min(length, size));
    if (index === 0) return undefined;
    i += 16 + padded(size);
  }
  return undefined;
}
