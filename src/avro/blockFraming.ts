import { constants, inflateRawSync } from 'node:zlib';
import type { Found, Framing } from '../files/framing.ts';
import { hasUnwrittenPages } from '../files/hasUnwrittenPages.ts';
import { type ContainerBlock, type ContainerFile, blockHead } from './containerFile.ts';

/**
 * How a container file of one schema grows: by blocks.
 *
 * @param schema what its schema is called, for people
 * @param blockAt what is read of a block
 */
export const blockFraming = <Value>(
  { header, sync }: Pick<ContainerFile<never>, 'header' | 'sync'>,
  schema: string,
  blockAt: (bytes: Buffer, start: number) => ContainerBlock<Value> | 'incomplete' | 'damaged',
): Framing<readonly Value[]> => {
  return {
    name: `avro ${sync.toString('hex')}`,
    header: () => header,
    begins(head, size) {
      if (head.byteLength >= header.byteLength && head.subarray(0, header.byteLength).equals(header)) return 'ours';
      if (size <= header.byteLength && isBegun(head, header)) return 'begun';
      return { foreign: `it was not written with this version's schema '${schema}'` };
    },
    unitAt(bytes, start): Found<readonly Value[]> {
      const block = blockAt(bytes, start);
      if (block === 'incomplete') return block;
      if (block === 'damaged') return { damage: 'a block is not what its length, its sync marker and its schema say' };
      return { unit: block.values, end: block.end };
    },
    lastEnd(tail) {
      const at = tail.lastIndexOf(sync);
      return at < 0 ? -1 : at + sync.byteLength;
    },
    isTorn(rest, at) {
      const marker = rest.indexOf(sync);
      // One write is one block: where another follows, or the rest of one, this one was safe.
      if (marker >= 0 && marker + sync.byteLength < rest.byteLength) return false;
      if (hasUnwrittenPages(rest, at)) return true;
      return marker < 0 && isBegunBlock(rest, sync);
    },
  };
};

/** A header of which the end, or a page, was not written. */
const isBegun = (head: Buffer, header: Buffer): boolean =>
  header.subarray(0, head.byteLength).equals(head) || head.every((byte, i) => byte === 0 || byte === header[i]);

/** Whether bytes are a block up to the place where they end. */
function isBegunBlock(rest: Buffer, sync: Buffer): boolean {
  const head = blockHead(rest, 0);
  if (typeof head === 'string') return head === 'incomplete';
  const bodyEnd = head.body + head.size;
  if (bodyEnd + sync.byteLength <= rest.byteLength) return false;
  const written = rest.subarray(bodyEnd);
  if (!sync.subarray(0, written.byteLength).equals(written)) return false;
  try {
    inflateRawSync(rest.subarray(head.body, bodyEnd), { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 28 });
    return true;
  } catch {
    return false;
  }
}
