import type { RandomAccess } from '../../container.ts';
import { expectSignature, u64, hdf5View } from './hdf5View.ts';

/** What the leaves of a B-tree 1 point to, with the key before each. */
export async function* hdf5Leaves(file: RandomAccess, root: number, keyBytes: number): AsyncGenerator<{ key: DataView; child: number }> {
  /** The next one is the last of these. */
  const nodes = [root];
  const seen = new Set<number>();
  for (let address = nodes.pop(); address !== undefined; address = nodes.pop()) {
    // Two ways to one node make a tree of a few bytes endless.
    if (seen.has(address)) throw new RangeError('a tree that goes round in circles');
    seen.add(address);
    const head = await expectSignature(file, address, 24, 'TREE');
    const [level, count] = [head.getUint8(5), head.getUint16(6, true)];
    const body = await hdf5View(file, address + 24, count * (keyBytes + 8));
    const children: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = i * (keyBytes + 8);
      const child = u64(body, at + keyBytes);
      if (level > 0) children.push(child);
      else yield { key: new DataView(body.buffer, body.byteOffset + at, keyBytes), child };
    }
    nodes.push(...children.toReversed());
  }
}
