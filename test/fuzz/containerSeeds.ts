import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { bagBytes, bagMessage } from '../../scripts/rehearsals/hostile/files/bagBytes.ts';
import { hdf5Bytes, treeNode } from '../../scripts/rehearsals/hostile/files/hdf5Bytes.ts';
import { mcapBytes, mcapMessage } from '../../scripts/rehearsals/hostile/files/mcapBytes.ts';
import { eventPacket } from '../../scripts/rehearsals/hostile/files/numbers.ts';
import { cdrPacket, writeDb3 } from '../consume/recordings/containers/rosFiles.ts';

/** Small whole files of each container, by its name. */
export async function containerSeeds(): Promise<readonly { readonly name: string; readonly bytes: Buffer }[]> {
  const bag = bagMessage(eventPacket(200));
  const bags = ['none', 'none'].map((compression) => ({ compression, declared: bag.length, packed: bag }));
  const message = mcapMessage(eventPacket(200));
  const chunk = { compression: 'zstd', declared: message.length, packed: zstdCompressSync(message), offsets: [0] };
  const events = deflateSync(Buffer.alloc(100 * 16));
  const hdf5 = hdf5Bytes(200, 100, (at) => {
    const leaf = (chunkAt: number): Buffer =>
      treeNode(
        0,
        [0, 100].map((first) => ({ at: chunkAt, size: events.length, first })),
      );
    return Buffer.concat([leaf(at + leaf(0).length), events]);
  });
  return [
    { name: 'rosbag', bytes: bagBytes(bags) },
    { name: 'mcap', bytes: mcapBytes([chunk, { ...chunk, compression: '', packed: message }]) },
    { name: 'hdf5', bytes: hdf5 },
    { name: 'rosbag2', bytes: await sqliteBag() },
  ];
}

async function sqliteBag(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-seed-'));
  try {
    const path = join(folder, 'seed.db3');
    const about = { encoding: 'evt3', width: 64, height: 48, timeBaseNs: 0n, sec: 1, nsec: 0, topic: '/e', bytes: new Uint8Array(200) };
    const messages = [0, 1].map((seq) => ({
      topic: '/e',
      type: 'event_camera_msgs/msg/EventPacket',
      encoding: 'cdr' as const,
      timeNs: BigInt(seq),
      data: cdrPacket({ ...about, seq }),
    }));
    writeDb3(path, messages);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
