import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allContainers } from '../../src/consume/allContainers.ts';
import { openRecording } from '../../src/consume/recordings/openRecording.ts';
import { writeTopicArchive } from '../../src/consume/recordings/writeTopicArchive.ts';
import { topicArchive } from '../../src/consume/sources/topicArchive.ts';
import { allFormats } from '../../src/decode/allFormats.ts';
import { PipelineError } from '../../src/errors.ts';
import type { Packet } from '../../src/stage/packet.ts';
import { bagFile, cdrPacket, mcapFile, ros1Packet, writeDb3 } from '../consume/recordings/containers/rosFiles.ts';
import { type Random, mutate } from './mutate.ts';

const MESSAGES = 6;

/** A message of a file: its bytes, and whether nothing was done to them. */
interface Part {
  readonly data: Buffer;
  readonly isWhole: boolean;
}

interface Kind {
  /** A message as the file holds it. */
  message(i: number): Buffer;
  /** Writes a file of messages. */
  write(path: string, messages: readonly Buffer[]): Promise<void>;
  packets(path: string): AsyncIterable<Packet>;
}

const never = new AbortController().signal;

async function* contained(file: string): AsyncGenerator<Packet> {
  const recording = await openRecording({ formats: allFormats, containers: allContainers }, { file, packetBytes: 4096 });
  yield* recording.packets(never);
}

const timeOf = (i: number): bigint => BigInt(1_764_000_000_000_000_000 + i * 1_000_000_000);
const packetAt = (i: number) => ({
  topic: '/cam',
  seq: i,
  encoding: 'mono',
  width: 64,
  height: 48,
  timeBaseNs: timeOf(i),
  sec: 1_764_000_000 + i,
  nsec: 0,
  bytes: Buffer.alloc(80, i + 1),
});

/** Kinds of files that hold messages. */
export const kinds = {
  mcap: {
    message: (i) => cdrPacket(packetAt(i)),
    async write(path, messages) {
      const about = { topic: '/cam', type: 'event_camera_msgs/msg/EventPacket', encoding: 'cdr' } as const;
      await writeFile(path, await mcapFile(messages.map((data, i) => ({ ...about, timeNs: timeOf(i), data }))));
    },
    packets: contained,
  },
  rosbag: {
    message: (i) => ros1Packet(packetAt(i)),
    async write(path, messages) {
      const about = { topic: '/cam', type: 'event_camera_msgs/EventPacket', nsec: 0 };
      await writeFile(path, bagFile(messages.map((data, i) => ({ ...about, sec: 1_764_000_000 + i, data }))));
    },
    packets: contained,
  },
  rosbag2: {
    message: (i) => cdrPacket(packetAt(i)),
    async write(path, messages) {
      await rm(path, { force: true });
      const about = { topic: '/cam', type: 'event_camera_msgs/msg/EventPacket', encoding: 'cdr' } as const;
      writeDb3(
        path,
        messages.map((data, i) => ({ ...about, timeNs: timeOf(i), data })),
      );
    },
    packets: contained,
  },
  packets: {
    message(i) {
      const { seq, encoding, width, height, timeBaseNs, sec, nsec } = packetAt(i);
      return Buffer.from(
        `{"sec": ${sec}, "nsec": ${nsec}, "frame": "/cam", "seq": ${seq}, "encoding": "${encoding}", "width": ${width}, "height": ${height}, "time_base": ${timeBaseNs}, "offset": ${i * 80}, "length": 80}`,
      );
    },
    async write(path, messages) {
      const whole = messages.map((_, i) => packetAt(i).bytes);
      // The first line is what the file is known by. Damage that ends a line, or leaves nothing of it, makes other lines and not odd ones.
      const lines = [this.message(0), ...messages].map((line) => line.toString('latin1').replaceAll(/[\r\n]/g, '?'));
      await writeFile(path, lines.map((line) => (line.trim() === '' ? '?' : line)).join('\n'), 'latin1');
      await writeFile(path.replace('.jsonl', '.bin'), Buffer.concat(whole));
    },
    async *packets(path) {
      let isFirst = true;
      for await (const packet of contained(path)) {
        if (!isFirst) yield packet;
        isFirst = false;
      }
    },
  },
  archive: {
    message: (i) => packetAt(i).bytes,
    async write(path, messages) {
      await rm(path, { force: true });
      const archive = await writeTopicArchive(path);
      for (const [offset, value] of messages.entries())
        await archive.add({
          topic: 't',
          partition: 0,
          offset,
          timestampMs: 1000 + offset,
          key: Buffer.from('/cam'),
          value,
          headers: { seq: Buffer.from(String(offset)), 'time-base-ns': Buffer.from(String(timeOf(offset))) },
        });
      await archive.close();
    },
    packets: (file) => topicArchive({ file, wire: 'raw', raw: { encoding: 'mono', width: 64, height: 48 } }).packets(never),
  },
} satisfies Record<string, Kind>;

export type FileKind = keyof typeof kinds;

/** Damages messages of a file, whose container is whole: each is a packet, or a packet with a fault and its bytes. */
export async function messagesViolation(name: FileKind, random: Random): Promise<string | undefined> {
  const kind: Kind = kinds[name];
  const parts = Array.from({ length: MESSAGES }, (_, i): Part => {
    const data = kind.message(i);
    return random(2) === 0 ? { data, isWhole: true } : { data: Buffer.from(mutate(data, random, kind.message(0))), isWhole: false };
  });
  return inFolder(async (folder) => {
    const path = join(folder, name === 'packets' ? 'a.jsonl' : 'a.file');
    await kind.write(
      path,
      parts.map(({ data }) => data),
    );
    const packets = await Array.fromAsync(kind.packets(path));
    if (packets.length !== MESSAGES) return `makes ${packets.length} packets of ${MESSAGES} messages`;
    for (const [i, { data, isWhole }] of parts.entries()) {
      const { fault, bytes, seq, timeBaseNs, sensor } = packets[i]!;
      const expected = packetAt(i);
      if (
        isWhole &&
        (fault !== undefined || seq !== i || sensor !== '/cam' || timeBaseNs !== expected.timeBaseNs || !expected.bytes.equals(bytes))
      )
        return `reads message ${i}, which is whole, as ${fault ?? `${seq} of ${sensor}`}`;
      if (fault !== undefined && name !== 'packets' && !data.equals(bytes)) return `has other bytes than message ${i} in its fault`;
    }
    return undefined;
  });
}

/** Damages the whole file: packets, or one error with a code that names the file. */
export async function fileViolation(name: FileKind, random: Random): Promise<string | undefined> {
  const kind: Kind = kinds[name];
  return inFolder(async (folder) => {
    const path = join(folder, name === 'packets' ? 'a.jsonl' : 'a.file');
    await kind.write(
      path,
      Array.from({ length: MESSAGES }, (_, i) => kind.message(i)),
    );
    const whole = await readFile(path);
    await writeFile(path, mutate(whole, random, whole));
    for await (const { sensor, seq, capturedAtUs, bytes } of kind.packets(path))
      if (sensor === '' || !Number.isSafeInteger(seq) || !Number.isSafeInteger(capturedAtUs) || !(bytes instanceof Uint8Array))
        return 'makes an odd packet';
    return undefined;
  });
}

async function inFolder(use: (folder: string) => Promise<string | undefined>): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-fuzz-'));
  try {
    return await use(folder);
  } catch (error) {
    const isClear =
      error instanceof PipelineError && ['INPUT_UNREADABLE', 'SOURCE_FAILED'].includes(error.code) && error.message.includes(folder);
    return isClear ? undefined : `throws ${error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 3).join(' ') : String(error)}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
