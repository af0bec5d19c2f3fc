import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect } from '../../../../src/cli/commands/inspect.ts';
import { mcap } from '../../../../src/consume/recordings/containers/mcap.ts';
import { rosbag } from '../../../../src/consume/recordings/containers/rosbag.ts';
import { rosbag2 } from '../../../../src/consume/recordings/containers/rosbag2.ts';
import { recording } from '../../../../src/consume/sources/recording.ts';
import { encodeEvt3 } from '../../../../src/decode/encoders/encodeEvt3.ts';
import { UNIX_US, lz4Stored, samples } from '../../../decode/samples.ts';
import { type Row, digestsOf, eventsOf } from '../../../decode/support.ts';
import { containerContract } from '../container.contract.ts';
import {
  type BagMessage,
  type McapMessage,
  type TestPacket,
  bagFile,
  cdrPacket,
  mcapFile,
  ros1EventArray,
  ros1Packet,
  writeDb3,
} from './rosFiles.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-containers-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const rowsFrom = (startUs: number, count: number): Row[] =>
  Array.from({ length: count }, (_, i): Row => [startUs + i * 11, (i * 7) % 640, (i * 5) % 480, (i >> 2) & 1]);

/** Packets of two sensors in turn: one speaks EVT3 cut in mid-stream, the other libcaer_cmp with a time base a packet. */
const left = rowsFrom(5000, 300);
const right = rowsFrom(0, 300);
const stream = encodeEvt3(eventsOf(left));
const cmp = samples.find(({ name }) => name === 'libcaer_cmp');

const packets: TestPacket[] = Array.from({ length: 6 }, (_, i) => {
  const [size, stamp] = [
    { width: 640, height: 480 },
    { sec: 1_633_953_690 + i, nsec: 975_950_018 },
  ];
  const part = Math.ceil(stream.length / 12) * 2;
  const rows = right.slice(i * 50, i * 50 + 50);
  return [
    { topic: '/left', seq: 7 + i, encoding: 'evt3', timeBaseNs: 0n, bytes: stream.subarray(i * part, (i + 1) * part), ...size, ...stamp },
    {
      topic: '/right',
      seq: 99 + i,
      encoding: 'libcaer_cmp',
      // Each packet counts from its own base.
      timeBaseNs: BigInt(UNIX_US + i * 500) * 1000n + 7n,
      bytes: cmp?.bytes(rows.map(([t, x, y, p]): Row => [t - i * 500 + 1000, x, y, p])) ?? new Uint8Array(0),
      ...size,
      ...stamp,
    },
  ];
}).flat();

const truths = {
  '/left': left,
  '/right': right.map(([t, x, y, p]): Row => [t + UNIX_US + 1000, x, y, p]),
};

const ofBag = (packet: TestPacket): BagMessage => ({ ...packet, type: 'event_camera_msgs/EventPacket', data: ros1Packet(packet) });
const other: BagMessage = { topic: '/rosout', type: 'rosgraph_msgs/Log', sec: 1_633_953_690, nsec: 0, data: Buffer.from('hello') };
const ofMcap = (packet: TestPacket): McapMessage => ({
  topic: packet.topic,
  type: 'event_camera_msgs/msg/EventPacket',
  encoding: 'cdr',
  timeNs: BigInt(packet.sec) * 1_000_000_000n + BigInt(packet.nsec),
  data: cdrPacket(packet),
});
const ofRos1 = (packet: TestPacket): McapMessage => ({
  ...ofMcap(packet),
  type: 'event_camera_msgs/EventPacket',
  encoding: 'ros1',
  data: ros1Packet(packet),
});

const chatter: McapMessage = { topic: '/chatter', type: 'std_msgs/msg/String', encoding: 'cdr', timeNs: 5n, data: Buffer.from('hello') };

async function expectTruth(path: string, format: string): Promise<void> {
  const report = (await inspect(path, { packetBytes: 65_536 })) as unknown as { format: string; sensors: { sensor: string }[] };
  expect(report.format).toBe(format);
  expect(report.sensors.map(({ sensor }) => sensor).toSorted()).toEqual(['/left', '/right']);
  for (const entry of report.sensors) {
    const rows = truths[entry.sensor as keyof typeof truths];
    const facts = { width: 640, height: 480, events: rows.length, firstT: rows[0]?.[0], lastT: rows.at(-1)?.[0], digests: digestsOf(rows) };
    expect(entry).toMatchObject({ ...facts, packets: 6 });
    expect(entry).toMatchObject({ counters: { gaps: 0, outOfRange: 0, orphanWords: 0, unknownWords: 0 } });
  }
}

describe('rosbag', () => {
  it.each([
    ['none', (content: Buffer): Uint8Array => content],
    ['lz4', lz4Stored],
  ])('reads the packets of each topic, chunks packed with %s', async (compression, pack) => {
    await expectTruth(await file(`a-${compression}.bag`, bagFile([other, ...packets.map(ofBag)], compression, pack)), 'rosbag');
  });

  it('reads dvs_msgs/EventArray', async () => {
    const rows = truths['/right'];
    const message = { topic: '/dvs/events', type: 'dvs_msgs/EventArray', sec: 1, nsec: 2 };
    const bag = bagFile([
      { ...message, data: ros1EventArray(240, 180, rows.slice(0, 20)) },
      { ...message, sec: 2, data: ros1EventArray(240, 180, rows.slice(20, 30)) },
    ]);
    const report = await inspect(await file('b.bag', bag), { packetBytes: 65_536 });
    const inside = rows.slice(0, 30).filter(([, x, y]) => x < 240 && y < 180);
    expect(report).toMatchObject({ sensor: '/dvs/events', width: 240, height: 180, events: inside.length, digests: digestsOf(inside) });
  });

  it('says which topics it found when none holds events', async () => {
    await expect(inspect(await file('c.bag', bagFile([other])), { packetBytes: 1 })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('found /rosout (rosgraph_msgs/Log)'),
    });
  });

  it('says that a torn bag has no index', async () => {
    const bag = bagFile(packets.map(ofBag));
    await expect(inspect(await file('d.bag', bag.subarray(0, bag.length / 2)), { packetBytes: 1 })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('rosbag reindex'),
    });
  });
});

describe('mcap', () => {
  it.each([
    ['', (content: Uint8Array): Uint8Array => content],
    ['lz4', lz4Stored],
    ['zstd', (content: Uint8Array): Uint8Array => zstdCompressSync(content)],
  ])("reads the packets of each topic, chunks packed with '%s'", async (compression, pack) => {
    await expectTruth(await file(`a${compression}.mcap`, await mcapFile([chatter, ...packets.map(ofMcap)], compression, pack)), 'mcap');
  });

  it('reads messages of ROS 1', async () => {
    await expectTruth(await file('b.mcap', await mcapFile(packets.map(ofRos1))), 'mcap');
  });

  it('reads a file that was not closed as far as it goes', async () => {
    const whole = await mcapFile(packets.map(ofMcap));
    const report = (await inspect(await file('c.mcap', whole.subarray(0, whole.length * 0.7)), { packetBytes: 1 })) as unknown as {
      sensors: { sensor: string; events: number }[];
    };
    for (const { events } of report.sensors) expect(events).toBeGreaterThan(50);
  });

  it('says which topics it found when none holds events', async () => {
    await expect(inspect(await file('d.mcap', await mcapFile([chatter])), { packetBytes: 1 })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('found /chatter (std_msgs/msg/String)'),
    });
  });
});

it('a ROS 2 bag may hold anything in the place of a message, a name or a number (issue 11)', async () => {
  const path = join(folder, 'odd.db3');
  writeDb3(path, packets.slice(0, 4).map(ofMcap));
  const database = new DatabaseSync(path);
  database.exec(
    `INSERT INTO messages (topic_id, timestamp, data) VALUES (1, 5, 'text'), (1, 6, 7), (1, 7, NULL), (1, 8, x''), (1, 9, 1.5)`,
  );
  database.exec(
    `INSERT INTO messages (topic_id, timestamp, data) VALUES (9223372036854775807, 9223372036854775807, x'00'), (NULL, 'then', 2)`,
  );
  database.exec(
    `INSERT INTO topics VALUES (9007199254740993, x'ff', 'event_camera_msgs/msg/EventPacket', 1, 2), (77, NULL, NULL, NULL, NULL)`,
  );
  database.exec(`INSERT INTO messages (topic_id, timestamp, data) VALUES (9007199254740993, 10, x'0001')`);
  database.close();
  const found = await Array.fromAsync(recording({ file: path }).packets(new AbortController().signal));
  expect(found.filter(({ fault }) => fault === undefined)).toHaveLength(4);
  expect(found.flatMap(({ fault }) => fault ?? [])).toEqual([
    expect.stringMatching(/message 0 of the topic cannot be read as events: the message should be bytes \(found 'text'\)/),
    expect.stringContaining('(found 7)'),
    expect.stringContaining('(found null)'),
    expect.stringContaining('message 3'),
    expect.stringContaining('(found 1.5)'),
    expect.stringContaining('message 0'),
  ]);
  expect(found.at(0)?.sensor).toBe('/left');
  expect(found.some(({ sensor }) => sensor === 'topic 9007199254740993')).toBe(true);
});

it('a message that claims more events than it has room for costs nothing (issue 11)', async () => {
  const data = Buffer.from(ros1EventArray(640, 480, [[5, 1, 2, 1]]));
  // The count of its events, before the 13 bytes of the one there is.
  data.writeUInt32LE(0xffff_ffff, data.length - 17);
  const cdr = Buffer.concat([Buffer.of(0, 1, 0, 0), data.subarray(4)]);
  const types = ['dvs_msgs/msg/EventArray'];
  const messages = types.map((type): McapMessage => ({ topic: '/dvs', type, encoding: 'cdr', timeNs: 1n, data: cdr }));
  const path = await file('vast.mcap', await mcapFile(messages));
  const [found] = await Array.fromAsync(recording({ file: path }).packets(new AbortController().signal));
  expect(found).toMatchObject({
    fault: expect.stringMatching(/cannot be read as events: .*ends before its 4294967295 events do/),
    bytes: Uint8Array.from(cdr),
  });
});

describe('rosbag2', () => {
  it('reads the packets of each topic', async () => {
    const path = join(folder, 'a.db3');
    writeDb3(path, [chatter, ...packets.map(ofMcap)]);
    await expectTruth(path, 'rosbag2');
  });
});

describe('recording of a container', () => {
  it('makes each topic a sensor, with the wall clock of its messages and positions that count packets', async () => {
    const path = await file('e.mcap', await mcapFile(packets.map(ofMcap)));
    const [first, second] = await Array.fromAsync(recording({ file: path }).packets(new AbortController().signal));
    expect(first).toMatchObject({ sensor: '/left', seq: 7, encoding: 'evt3', capturedAtUs: 1_633_953_690_975_950, width: 640 });
    expect(first?.position).toEqual({ source: path, unit: 'packet', partition: 0, first: 0, end: 1 });
    expect(second).toMatchObject({ sensor: '/right', seq: 99, timeBaseNs: 1_633_953_690_975_950_007n, position: { first: 1, end: 2 } });
  });
});

containerContract(rosbag, async () => file('contract.bag', bagFile(packets.map(ofBag))));
containerContract(mcap, async () => file('contract.mcap', await mcapFile(packets.map(ofMcap))));
containerContract(rosbag2, async () => {
  const path = join(folder, `contract-${Math.random()}.db3`);
  writeDb3(path, packets.map(ofMcap));
  return path;
});
