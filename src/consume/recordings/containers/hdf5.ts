import { sizeOf } from '../../../decode/propheseeHeader.ts';
import { PipelineError, messageOf } from '../../../errors.ts';
import { unpack } from '../../../unpack.ts';
import type { Container, RandomAccess } from '../container.ts';
import { faultyPacket } from './support/faultyPacket.ts';
import { EVENT_BYTES, unpackEcf } from './support/unpackEcf.ts';
import { type Hdf5Chunk, type Hdf5Dataset, type Hdf5Filter, readHdf5Dataset } from './support/hdf5Dataset.ts';
import { type Hdf5Object, member, openHdf5, textAttribute } from './support/hdf5Object.ts';

/*
  HDF5 file of Metavision: the group CD holds `events`, a dataset of { u16 x, u16 y, i16 p, i64 t }, 16 bytes each, in
  chunks that are packed with ECF; EXT_TRIGGER likewise. The size of the sensor is the attribute `geometry`, "1280x720".
*/

const MAGIC = '\x89HDF\r\n\x1a\n';
const COMPOUND = 6;

type Unpacker = (bytes: Uint8Array, filter: Hdf5Filter, limitBytes: number) => Uint8Array;

/** Ways in which chunks are packed, by the number of the filter. Each throws where the bytes are damaged. */
const unpackers: ReadonlyMap<number, Unpacker> = new Map<number, Unpacker>([
  [1, (bytes, _, limitBytes) => unpack.deflate(bytes, limitBytes, limitBytes)],
  [2, (bytes, { values }) => unshuffled(bytes, values[0] ?? 1)],
  [32_015, (bytes, _, limitBytes) => unpack.zstd(bytes, limitBytes, limitBytes)],
  [36_559, unpackEcf],
]);

/** Prophesee HDF5 files, also those without packing. */
export const hdf5: Container = {
  name: 'hdf5',
  detect: (head) => Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC,
  async *packets(file, signal) {
    const root = await openHdf5(file);
    const group = await member(file, root, 'CD');
    const events = group && (await member(file, group, 'events'));
    if (!events)
      throw new PipelineError(
        'INPUT_UNREADABLE',
        `${file.path}: the HDF5 file has no dataset CD/events; only those of Metavision are known`,
      );
    const dataset = await readHdf5Dataset(file, events);
    const fault = faultOf(dataset);
    if (fault !== undefined) throw new PipelineError('INPUT_UNREADABLE', `${file.path}: CD/events ${fault}`);
    const [width, height] = (await geometryOf(file, root)) ?? [0, 0];
    let seq = 0;
    for (const chunk of dataset.chunks) {
      if (signal.aborted) return;
      const packed = await file.read(chunk.address, chunk.size);
      try {
        const bytes = unpacked(file, packed, dataset, chunk);
        yield { sensor: 'CD', seq: seq++, encoding: 'event_cd', width, height, timeBaseNs: 0n, capturedAtUs: 0, bytes };
      } catch (cause) {
        // A limit of the whole file.
        if (cause instanceof PipelineError) throw cause;
        seq++;
        yield faultyPacket('CD', packed, `the chunk of CD/events from event ${chunk.first} on is damaged: ${messageOf(cause)}`);
      }
    }
  },
};

function faultOf({ typeClass, elementBytes, filters }: Hdf5Dataset): string | undefined {
  if (typeClass !== COMPOUND || elementBytes !== EVENT_BYTES) return `holds no events of ${EVENT_BYTES} bytes`;
  const unknown = filters.find(({ id }) => !unpackers.has(id));
  return unknown && `is packed with the filter ${unknown.id}; known are ECF (36559), deflate, shuffle and Zstandard`;
}

async function geometryOf(file: RandomAccess, root: Hdf5Object): Promise<readonly [number, number] | undefined> {
  const [width, height] = ((await textAttribute(file, root, 'geometry')) ?? '').split('x');
  return sizeOf(width, height);
}

/** The events of a chunk. The last one is as long as the others, but holds events only up to the length of the dataset. */
function unpacked(file: RandomAccess, packed: Uint8Array, { filters, length, chunkLength }: Hdf5Dataset, chunk: Hdf5Chunk): Uint8Array {
  if (packed.length < chunk.size) throw new RangeError(`the file ends ${chunk.size - packed.length} bytes before it does`);
  const wholeBytes = chunkLength * EVENT_BYTES;
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    const filter = filters[i]!;
    if (((chunk.filterMask >> i) & 1) !== 0) continue;
    file.claim(wholeBytes);
    bytes = unpackers.get(filter.id)?.(bytes, filter, wholeBytes) ?? bytes;
  }
  const events = Math.max(0, Math.min(chunkLength, length - chunk.first));
  return bytes.subarray(0, events * EVENT_BYTES);
}

/** Bytes that were sorted by their place in the element, put back. */
function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 0 || size > bytes.length) return bytes;
  const count = Math.floor(bytes.length / size);
  const out = Uint8Array.from(bytes);
  for (let j = 0; j < size; j++) for (let i = 0; i < count; i++) out[i * size + j] = bytes[j * count + i]!;
  return out;
}
