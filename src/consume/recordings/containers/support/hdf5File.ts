import type { RandomAccess } from '../../container.ts';

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

export interface HdfObject {
  readonly messages: readonly Message[];
}

export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

export interface HdfChunk {
  /** Index of its first element. */
  readonly first: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bit i: the filter i was left out. */
  readonly filterMask: number;
}

export interface HdfDataset {
  /** Elements. */
  readonly length: number;
  /** Bytes of one element, and the number of its type class: 6 is a compound. */
  readonly elementBytes: number;
  readonly typeClass: number;
  /** Elements of a chunk. */
  readonly chunkLength: number;
  readonly filters: readonly Filter[];
  /** In the order of their elements. */
  readonly chunks: readonly HdfChunk[];
}

const NONE = 2n ** 64n - 1n;
const MOST_MESSAGES = 4096;
const MOST_NODES = 1_000_000;

const DATASPACE = 1;
const DATATYPE = 3;
const LINK = 6;
const LAYOUT = 8;
const FILTERS = 11;
const ATTRIBUTE = 12;
const CONTINUATION = 16;
const SYMBOL_TABLE = 17;

const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
const text = (view: DataView, at: number, length: number): string =>
  Buffer.from(view.buffer, view.byteOffset + at, length)
    .toString('utf8')
    .replace(/\0[\s\S]*$/, '');
const padded = (length: number): number => Math.ceil(length / 8) * 8;

async function viewOf(file: RandomAccess, at: number, length: number): Promise<DataView> {
  const bytes = await file.read(at, length);
  if (bytes.length < length) throw new RangeError('something lies behind the end of the file');
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function expectSignature(file: RandomAccess, at: number, length: number, signature: string): Promise<DataView> {
  const view = await viewOf(file, at, length);
  if (text(view, 0, 4) !== signature) throw new RangeError(`no ${signature} where one should be`);
  return view;
}

/** The root group. */
export async function openRoot(file: RandomAccess): Promise<HdfObject> {
  const view = await viewOf(file, 0, 96);
  const version = view.getUint8(8);
  const address = version < 2 ? u64(view, version === 0 ? 64 : 68) : u64(view, 36);
  return readObject(file, address);
}

async function readObject(file: RandomAccess, address: number): Promise<HdfObject> {
  const start = await viewOf(file, address, 16);
  const messages: Message[] = [];
  const blocks: { at: number; length: number }[] = [];
  const isNew = text(start, 0, 4) === 'OHDR';
  const flags = isNew ? start.getUint8(5) : 0;
  if (isNew) {
    const sizeAt = address + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const sizeBytes = 2 ** (flags & 3);
    const size = await viewOf(file, sizeAt, sizeBytes);
    let length = 0;
    for (let i = sizeBytes - 1; i >= 0; i--) length = length * 256 + size.getUint8(i);
    blocks.push({ at: sizeAt + sizeBytes, length });
  } else if (start.getUint8(0) === 1) blocks.push({ at: address + 16, length: start.getUint32(8, true) });
  else throw new RangeError(`an object header of version ${start.getUint8(0)}`);

  for (let block = blocks.shift(); block; block = blocks.shift()) {
    const view = await viewOf(file, block.at, block.length);
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
      if (messages.length > MOST_MESSAGES) throw new RangeError('an object of too many messages');
      at += size;
    }
  }
  return { messages };
}

const find = ({ messages }: HdfObject, type: number): DataView | undefined => messages.find((message) => message.type === type)?.data;

/** The member of a group; undefined where it has none of that name. */
export async function member(file: RandomAccess, group: HdfObject, name: string): Promise<HdfObject | undefined> {
  const members = await membersOf(file, group);
  const address = members.get(name);
  return address === undefined ? undefined : readObject(file, address);
}

async function membersOf(file: RandomAccess, group: HdfObject): Promise<Map<string, number>> {
  const members = new Map<string, number>();
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
    if (kind === 0) members.set(text(data, at, length), u64(data, at + length));
  }
  const table = find(group, SYMBOL_TABLE);
  if (!table) return members;
  const heap = await expectSignature(file, u64(table, 8), 32, 'HEAP');
  const names = await viewOf(file, u64(heap, 24), u64(heap, 8));
  for await (const address of leavesOf(file, u64(table, 0), 8)) {
    const head = await expectSignature(file, address.child, 8, 'SNOD');
    const count = head.getUint16(6, true);
    const entries = await viewOf(file, address.child + 8, count * 40);
    for (let i = 0; i < count; i++) {
      const at = u64(entries, i * 40);
      members.set(text(names, at, names.byteLength - at), u64(entries, i * 40 + 8));
    }
  }
  return members;
}

/** What the leaves of a B-tree 1 point to, with the key before each. */
async function* leavesOf(file: RandomAccess, root: number, keyBytes: number): AsyncGenerator<{ key: DataView; child: number }> {
  const nodes = [root];
  let visited = 0;
  for (let address = nodes.shift(); address !== undefined; address = nodes.shift()) {
    if (visited++ > MOST_NODES) throw new RangeError('a tree that goes round in circles');
    const head = await expectSignature(file, address, 24, 'TREE');
    const [level, count] = [head.getUint8(5), head.getUint16(6, true)];
    const body = await viewOf(file, address + 24, count * (keyBytes + 8));
    const children: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = i * (keyBytes + 8);
      const child = u64(body, at + keyBytes);
      if (level > 0) children.push(child);
      else yield { key: new DataView(body.buffer, body.byteOffset + at, keyBytes), child };
    }
    nodes.unshift(...children);
  }
}

/** What is known of a dataset of one dimension. */
export async function readDataset(file: RandomAccess, object: HdfObject): Promise<HdfDataset> {
  const [space, type, layout] = [find(object, DATASPACE), find(object, DATATYPE), find(object, LAYOUT)];
  if (!space || !type || !layout) throw new RangeError('an object that is no dataset');
  if (space.getUint8(1) !== 1) throw new RangeError(`a dataset of ${space.getUint8(1)} dimensions`);
  const length = u64(space, space.getUint8(0) === 1 ? 8 : 4);
  const elementBytes = type.getUint32(4, true);
  const about = { length, elementBytes, typeClass: type.getUint8(0) & 15, filters: filtersOf(find(object, FILTERS)) };
  const [version, kind] = [layout.getUint8(0), layout.getUint8(1)];
  if (version !== 3 || kind === 0) throw new RangeError(`a dataset of the layout ${kind} in version ${version}`);
  const address = layout.getBigUint64(kind === 1 ? 2 : 3, true);
  if (kind === 1) {
    const whole = { first: 0, address: Number(address), size: length * elementBytes, filterMask: 0 };
    return { ...about, chunkLength: length, chunks: address === NONE || length === 0 ? [] : [whole] };
  }
  const chunks: HdfChunk[] = [];
  if (address !== NONE) {
    // Key: u32 size, u32 mask, u64 offset for each dimension and for the bytes of an element.
    for await (const { key, child } of leavesOf(file, Number(address), 24)) {
      chunks.push({ first: u64(key, 8), address: child, size: key.getUint32(0, true), filterMask: key.getUint32(4, true) });
    }
  }
  return { ...about, chunkLength: layout.getUint32(11, true), chunks: chunks.toSorted((a, b) => a.first - b.first) };
}

function filtersOf(pipeline: DataView | undefined): Filter[] {
  if (!pipeline) return [];
  const [version, count] = [pipeline.getUint8(0), pipeline.getUint8(1)];
  const filters: Filter[] = [];
  for (let i = 0, at = version === 1 ? 8 : 2; i < count; i++) {
    const id = pipeline.getUint16(at, true);
    const named = version === 1 || id >= 256;
    const nameBytes = named ? pipeline.getUint16(at + 2, true) : 0;
    at += named ? 4 : 2;
    const valueCount = pipeline.getUint16(at + 2, true);
    at += 4 + (version === 1 ? padded(nameBytes) : nameBytes);
    filters.push({ id, values: Array.from({ length: valueCount }, (_, j) => pipeline.getUint32(at + 4 * j, true)) });
    at += 4 * (version === 1 && valueCount % 2 === 1 ? valueCount + 1 : valueCount);
  }
  return filters;
}

/** An attribute that is a string; undefined where there is none of that name. */
export async function textAttribute(file: RandomAccess, object: HdfObject, name: string): Promise<string | undefined> {
  for (const { type, data } of object.messages) {
    if (type !== ATTRIBUTE) continue;
    const version = data.getUint8(0);
    const [nameBytes, typeBytes, spaceBytes] = [2, 4, 6].map((at) => data.getUint16(at, true)) as [number, number, number];
    const round = version === 1 ? padded : (length: number): number => length;
    const nameAt = version === 3 ? 9 : 8;
    if (text(data, nameAt, nameBytes) !== name) continue;
    const typeAt = nameAt + round(nameBytes);
    const valueAt = typeAt + round(typeBytes) + round(spaceBytes);
    const typeClass = data.getUint8(typeAt) & 15;
    if (typeClass === 3) return text(data, valueAt, data.getUint32(typeAt + 4, true));
    if (typeClass === 9) return heapText(file, data, valueAt);
  }
  return undefined;
}

/** A string of its own length, which lies in a global heap: u32 length, u64 heap, u32 index. */
async function heapText(file: RandomAccess, data: DataView, at: number): Promise<string | undefined> {
  const [length, heapAt, wanted] = [data.getUint32(at, true), u64(data, at + 4), data.getUint32(at + 12, true)];
  const head = await expectSignature(file, heapAt, 16, 'GCOL');
  const heap = await viewOf(file, heapAt, u64(head, 8));
  for (let i = 16; i + 16 <= heap.byteLength;) {
    const [index, size] = [heap.getUint16(i, true), u64(heap, i + 8)];
    if (index === wanted) return text(heap, i + 16, Math.min(length, size));
    if (index === 0) return undefined;
    i += 16 + padded(size);
  }
  return undefined;
}
