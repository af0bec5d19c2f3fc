import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { bagBytes, bagMessage } from '../files/bagBytes.ts';
import { circle, hdf5Bytes, treeNode } from '../files/hdf5Bytes.ts';
import { mcapBytes, mcapMessage } from '../files/mcapBytes.ts';
import { eventPacket } from '../files/numbers.ts';
import { type HostileCase, saccadeCommand } from '../hostileCase.ts';

const LARGE = 2 ** 25;
/** EVT3: a time, a row, a column, and 50 vectors of twelve events. */
const VECTORS = [0x01, 0x80, 0x01, 0x60, 0x01, 0x00, 0x00, 0x30, ...Array.from({ length: 50 }, () => [0xff, 0x4f]).flat()];
/** 46 bytes that are 45,899,235, made by bzip2 1.0.8 from zeros. */
const BZIP2_BOMB = '425a68393141592653590e09e2df015f8e4000c0000008200030804d4642a025a90a80971772453850900e09e2df';

const file = (name: string, content: () => Buffer | string, message: RegExp, exitCode = 2): HostileCase => ({
  name,
  async prepare(folder) {
    const path = join(folder, 'hostile.bin');
    await writeFile(path, content());
    return saccadeCommand('inspect', path);
  },
  exitCode,
  message,
});

const database = (name: string, script: string, message: RegExp): HostileCase => ({
  name,
  async prepare(folder) {
    const path = join(folder, 'hostile.db3');
    const bag = new DatabaseSync(path);
    bag.exec(
      "CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT, type TEXT); INSERT INTO topics VALUES (1, '/e', 'event_camera_msgs/msg/EventPacket')",
    );
    bag.exec(script);
    bag.close();
    return saccadeCommand('inspect', path);
  },
  exitCode: 2,
  message,
});

const bomb = (): Buffer => zstdCompressSync(mcapMessage(eventPacket(LARGE)));
const BOMB_BYTES = mcapMessage(eventPacket(LARGE)).length;
const zstdChunk = (packed: Buffer) => ({ compression: 'zstd', declared: BOMB_BYTES, packed, offsets: [0] });
/** As large as a chunk may be. */
const whole = (): Buffer => mcapMessage(eventPacket(2 ** 26 - 1000));
const lines = (length: number): string =>
  `{"seq":0,"encoding":"evt3","width":64,"height":48,"offset":0,"length":${length},"time_base":0}\n`;

/** Files of packets that are small and cost much, or never end. */
export const cases: readonly HostileCase[] = [
  file(
    'MCAP: 200 chunks of one time, each 1000 times its own length',
    () => mcapBytes(Array.from({ length: 200 }, () => zstdChunk(bomb()))),
    /limits\.growth/,
  ),
  file('MCAP: one chunk that is 20,000 times in the index', () => mcapBytes([zstdChunk(bomb())], 20_000), /evt3/, 0),
  file(
    'MCAP: one message that is 10,000 times in the index',
    () => mcapBytes([{ ...zstdChunk(bomb()), offsets: Array.from({ length: 10_000 }, () => 0) }]),
    /limits\.growth/,
  ),
  file(
    'MCAP: one packet of 32 MiB whose words are twelve events each',
    () => mcapBytes([zstdChunk(zstdCompressSync(mcapMessage(eventPacket(LARGE, VECTORS))))]),
    /more than 4194304 events/,
    1,
  ),
  file(
    'MCAP: chunks and packets as large as they may be',
    () => mcapBytes([0, 1].map(() => ({ compression: 'zstd', declared: whole().length, packed: zstdCompressSync(whole()), offsets: [0] }))),
    /evt3/,
    0,
  ),
  file(
    'MCAP: a chunk that is not packed, as large as it may be',
    () => mcapBytes([{ compression: '', declared: whole().length, packed: whole(), offsets: [0] }]),
    /evt3/,
    0,
  ),
  file('MCAP: a chunk that declares 1 TiB', () => mcapBytes([{ ...zstdChunk(bomb()), declared: 2n ** 40n }]), /limits\.chunkBytes/),
  file(
    'MCAP: a chunk that unpacks to more than it declares',
    () => mcapBytes([{ ...zstdChunk(bomb()), declared: 100 }]),
    /more than the 100/,
  ),
  file('MCAP: an index that says less than its chunk', () => mcapBytes([{ ...zstdChunk(bomb()), indexed: 100 }]), /its index says 100/),
  file(
    'bag: one chunk that is 10,000 times in the index',
    () => bagBytes([{ compression: 'none', declared: 1e6, packed: bagMessage(eventPacket(1e6)) }], { times: 10_000 }),
    /a chunk at \d+ behind one/,
  ),
  file(
    'bag: a record of a negative length, counted two thousand million times',
    () =>
      bagBytes([{ compression: 'none', declared: 10, packed: bagMessage(eventPacket(10)) }], {
        count: 2 ** 31 - 1,
        dataBytes: (header) => -(header + 8),
      }),
    /length below 0/,
  ),
  file(
    'bag: a chunk that declares 4 GiB',
    () => bagBytes([{ compression: 'bz2', declared: 2 ** 32 - 1, packed: Buffer.from(BZIP2_BOMB, 'hex') }]),
    /limits\.(heldBytes|chunkBytes)/,
  ),
  file(
    'bag: bzip2 that unpacks to a million times its length',
    () =>
      bagBytes(Array.from({ length: 100 }, () => ({ compression: 'bz2', declared: 45_899_235, packed: Buffer.from(BZIP2_BOMB, 'hex') }))),
    /limits\.heldBytes/,
  ),
  file(
    'bag: bzip2 that unpacks to more than it declares',
    () => bagBytes([{ compression: 'bz2', declared: 100, packed: Buffer.from(BZIP2_BOMB, 'hex') }]),
    /more than the 100/,
  ),
  file('HDF5: an object that continues in itself', () => circle(1), /too many messages/),
  file('HDF5: an object that continues in itself 2,000 times each time', () => circle(2000), /too many messages/),
  file(
    'HDF5: a tree whose branches meet',
    () =>
      hdf5Bytes(1000, 1000, (at) =>
        treeNode(
          1,
          Array.from({ length: 60_000 }, () => ({ at, size: 1, first: 0 })),
        ),
      ),
    /goes round in circles/,
  ),
  file(
    'HDF5: a chunk of deflate, 100,000 times in the tree',
    () => {
      const packed = deflateSync(Buffer.alloc(2 ** 22));
      return hdf5Bytes(2n ** 40n, 2 ** 18, (at) => {
        const children = (chunkAt: number) => Array.from({ length: 60_000 }, (_, i) => ({ at: chunkAt, size: packed.length, first: i }));
        const node = treeNode(0, children(0)).length;
        return Buffer.concat([treeNode(0, children(at + node)), packed]);
      });
    },
    /limits\.growth/,
  ),
  file(
    'HDF5: a chunk of 64 GiB',
    () => hdf5Bytes(2n ** 40n, 2 ** 32 - 1, (at) => treeNode(0, [{ at, size: 40, first: 0 }])),
    /limits\.chunkBytes/,
  ),
  database(
    'ROS 2 bag: messages that are a view without an end',
    'CREATE VIEW messages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 1 AS topic_id, i AS timestamp, zeroblob(1000) AS data FROM n',
    /a view for the table messages/,
  ),
  database(
    'ROS 2 bag: a column that is computed',
    'CREATE TABLE messages (id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, data BLOB AS (zeroblob(900000000))); INSERT INTO messages VALUES (1, 1, 1)',
    /computes the column data/,
  ),
  file('packets: a packet of 1 TiB', () => lines(2 ** 40), /limits\.chunkBytes/),
  file('packets: a line of 100 MB', () => lines(2).replace('{', `{"x":"${'x'.repeat(1e8)}",`), /no recording of a known format/),
];
