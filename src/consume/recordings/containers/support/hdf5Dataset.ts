import type { RandomAccess } from '../../container.ts';
import { hdf5Leaves } from './hdf5Leaves.ts';
import { type Hdf5Object, findMessage } from './hdf5Object.ts';
import { padded, u64 } from './hdf5View.ts';

/** How the chunks of a dataset are packed: the number of a filter, and its parameters. */
export interface Hdf5Filter {
  readonly id: number;
  readonly values: readonly number[];
}

export interface Hdf5Chunk {
  /** Index of its first element. */
  readonly first: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bit i: the filter i was left out. */
  readonly filterMask: number;
}

export interface Hdf5Dataset {
  /** Elements. */
  readonly length: number;
  /** Bytes of one element, and the number of its type class: 6 is a compound. */
  readonly elementBytes: number;
  readonly typeClass: number;
  /** Elements of a chunk. */
  readonly chunkLength: number;
  readonly filters: readonly Hdf5Filter[];
  /** In the order of their elements. */
  readonly chunks: readonly Hdf5Chunk[];
}

/** The address of what is not there. */
const NONE = 2n ** 64n - 1n;

/** Elements that are read at once of a dataset in one piece. */
const LONGEST_PIECE = 2 ** 20;

const DATASPACE = 1;
const DATATYPE = 3;
const LAYOUT = 8;
const FILTERS = 11;

/** The dataset of an object, of one dimension. Throws RangeError where the object is none. */
export async function readHdf5Dataset(file: RandomAccess, object: Hdf5Object): Promise<Hdf5Dataset> {
  const [space, type, layout] = [findMessage(object, DATASPACE), findMessage(object, DATATYPE), findMessage(object, LAYOUT)];
  if (!space || !type || !layout) throw new RangeError('an object that is no dataset');
  if (space.getUint8(1) !== 1) throw new RangeError(`a dataset of ${space.getUint8(1)} dimensions`);
  const length = u64(space, space.getUint8(0) === 1 ? 8 : 4);
  const elementBytes = type.getUint32(4, true);
  const about = { length, elementBytes, typeClass: type.getUint8(0) & 15, filters: filtersOf(findMessage(object, FILTERS)) };
  const [version, kind] = [layout.getUint8(0), layout.getUint8(1)];
  if (version !== 3 || kind === 0) throw new RangeError(`a dataset of the layout ${kind} in version ${version}`);
  const address = layout.getBigUint64(kind === 1 ? 2 : 3, true);
  if (kind === 1) {
    const chunkLength = Math.min(length, LONGEST_PIECE);
    const chunks = address === NONE || length * elementBytes > file.size ? [] : piecesOf(length, elementBytes, Number(address));
    return { ...about, chunkLength, chunks };
  }
  const chunks: Hdf5Chunk[] = [];
  if (address !== NONE) {
    // Key: u32 size, u32 mask, u64 offset for each dimension and for the bytes of an element.
    for await (const { key, child } of hdf5Leaves(file, Number(address), 24)) {
      chunks.push({ first: u64(key, 8), address: child, size: key.getUint32(0, true), filterMask: key.getUint32(4, true) });
    }
  }
  return { ...about, chunkLength: layout.getUint32(11, true), chunks: chunks.toSorted((a, b) => a.first - b.first) };
}

/** Pieces of a dataset that lies in the file as it is. */
const piecesOf = (length: number, elementBytes: number, address: number): Hdf5Chunk[] =>
  Array.from({ length: Math.ceil(length / LONGEST_PIECE) }, (_, i): Hdf5Chunk => {
    const first = i * LONGEST_PIECE;
    return { first, address: address + first * elementBytes, size: Math.min(LONGEST_PIECE, length - first) * elementBytes, filterMask: 0 };
  });

function filtersOf(pipeline: DataView | undefined): Hdf5Filter[] {
  if (!pipeline) return [];
  const [version, count] = [pipeline.getUint8(0), pipeline.getUint8(1)];
  const filters: Hdf5Filter[] = [];
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
