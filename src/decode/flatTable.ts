/*
  FlatBuffers, as much of it as AEDAT4 needs, little endian
    buffer, size-prefixed: u32 length, u32 offset of the root table, 4 characters of identifier
    table: i32 distance back to its vtable; vtable: u16 its length, u16 length of the table, u16 place of each field (0: absent)
    a vector or string field holds the u32 distance to it: u32 count, elements
  https://flatbuffers.dev/internals/
*/

/** Where something lies in a buffer. Reading outside the buffer throws RangeError, as DataView does. */
export interface FlatTable {
  readonly view: DataView;
  readonly at: number;
}

export const rootTable = (bytes: Uint8Array): FlatTable & { readonly identifier: string } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { view, at: 4 + view.getUint32(4, true), identifier: Buffer.from(bytes.subarray(8, 12)).toString('latin1') };
};

/** Where the value of a field begins; undefined where it is absent. */
export function fieldAt({ view, at }: FlatTable, index: number): number | undefined {
  const vtable = at - view.getInt32(at, true);
  const slot = 4 + 2 * index;
  if (slot >= view.getUint16(vtable, true)) return undefined;
  const offset = view.getUint16(vtable + slot, true);
  return offset === 0 ? undefined : at + offset;
}

export interface FlatVector {
  /** Where the first element begins. */
  readonly at: number;
  readonly count: number;
}

/** A vector of elements of `size` bytes, all inside the buffer; empty where the field is absent. */
export function vectorOf(table: FlatTable, index: number, size: number): FlatVector {
  const field = fieldAt(table, index);
  if (field === undefined) return { at: 0, count: 0 };
  const { view } = table;
  const vector = field + view.getUint32(field, true);
  const count = view.getUint32(vector, true);
  if (vector + 4 + count * size > view.byteLength) throw new RangeError('a vector ends after its buffer');
  return { at: vector + 4, count };
}

/** A 64-bit number as a double: exact below 2^53. */
export const int64At = (view: DataView, at: number): number => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
