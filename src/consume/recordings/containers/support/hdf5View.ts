import type { RandomAccess } from '../../container.ts';

/** Numbers are little endian. */
export const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
export const latin1 = (view: DataView, at: number, length: number): string =>
  Buffer.from(view.buffer, view.byteOffset + at, length)
    .toString('utf8')
    .split('\0', 1)[0]!;
/** A length filled up to a multiple of 8. */
export const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** Bytes of the file. Throws RangeError where it ends before them. */
export async function hdf5View(file: RandomAccess, at: number, length: number): Promise<DataView> {
  const bytes = await file.read(at, length);
  if (bytes.length < length) throw new RangeError('the file ends before something that it points to');
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same, where they begin with a signature of 4 characters. */
export async function expectSignature(file: RandomAccess, at: number, length: number, signature: string): Promise<DataView> {
  const view = await hdf5View(file, at, length);
  if (latin1(view, 0, 4) !== signature) throw new RangeError(`no ${signature} where one should be`);
  return view;
}
