import { u16, u32, u64, u8 } from './numbers.ts';

/* HDF5 with superblock 0, object headers 1 and a B-tree 1; https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html. The trees lie. */
const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const ROOT_AT = 96;

const message = (type: number, data: Uint8Array): Buffer =>
  Buffer.concat([u16(type), u16(Math.ceil(data.length / 8) * 8), Buffer.alloc(4), data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
const object = (...messages: Uint8Array[]): Buffer => {
  const body = Buffer.concat(messages);
  return Buffer.concat([u8(1, 0), u16(messages.length), u32(1), u32(body.length), u32(0), body]);
};
const link = (name: string, address: number): Buffer => message(6, Buffer.concat([u8(1, 0, name.length), Buffer.from(name), u64(address)]));
const superblock = (root: number): Buffer =>
  Buffer.concat([SIGNATURE, u8(0, 0, 0, 0, 0, 8, 8, 0), Buffer.alloc(40), u64(0), u64(root), Buffer.alloc(24)]);

/** A node of a tree of chunks. @param children chunks at level 0, else nodes */
export const treeNode = (
  level: number,
  children: readonly { readonly at: number; readonly size: number; readonly first: number }[],
): Buffer =>
  Buffer.concat([
    Buffer.from('TREE'),
    u8(1, level),
    u16(children.length),
    Buffer.alloc(16, 0xff),
    ...children.map(({ at, size, first }) => Buffer.concat([u32(size), u32(0), u64(first), u64(0), u64(at)])),
  ]);

/**
 * A file of Metavision whose events are packed with deflate, in chunks of `chunkLength` events.
 * @param rest what follows the objects, made for its own address: a tree, and what it points to
 */
export function hdf5Bytes(length: number | bigint, chunkLength: number, rest: (at: number) => Buffer): Buffer {
  const space = Buffer.concat([u8(1, 1, 0, 0, 0, 0, 0, 0), u64(length)]);
  const type = Buffer.concat([u8(0x16, 0, 0, 0), u32(16)]);
  const filters = Buffer.concat([u8(1, 1), Buffer.alloc(6), u16(1), u16(0), u16(0), u16(1), u32(6), u32(0)]);
  const layout = (at: number): Buffer => Buffer.concat([u8(3, 2, 2), u64(at), u32(chunkLength), u32(16)]);
  const set = (at: number): Buffer => object(message(1, space), message(3, type), message(11, filters), message(8, layout(at)));
  const groupAt = ROOT_AT + object(link('CD', 0)).length;
  const setAt = groupAt + object(link('events', 0)).length;
  const restAt = setAt + set(0).length;
  return Buffer.concat([superblock(ROOT_AT), object(link('CD', groupAt)), object(link('events', setAt)), set(restAt), rest(restAt)]);
}

/** A file whose root says that it continues in itself, so many times. */
export function circle(messages: number): Buffer {
  const bodyAt = ROOT_AT + 16;
  const bodyBytes = messages * 24;
  const self = message(16, Buffer.concat([u64(bodyAt), u64(bodyBytes)]));
  return Buffer.concat([superblock(ROOT_AT), object(...Array.from({ length: messages }, () => self))]);
}
