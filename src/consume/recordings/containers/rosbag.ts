import { Bag } from '@foxglove/rosbag';
import { PipelineError, messageOf } from '../../../errors.ts';
import type { Container, RandomAccess } from '../container.ts';
import { type EventMessage, eventMessage, readEventMessage } from './support/eventMessage.ts';
import { unpackChunk } from './support/unpackChunk.ts';

const MAGIC = '#ROSBAG V2.0\n';

/** ROS 1 bags with `event_camera_msgs/EventPacket` or `dvs_msgs/EventArray`; each topic is a sensor. */
export const rosbag: Container = {
  name: 'rosbag',
  detect: (head) => Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC,
  async *packets(file, signal) {
    const { lz4, bz2 } = unpackChunk;
    const bag = new Bag(
      { read: (offset, length) => file.read(offset, length), size: () => file.size },
      { parse: false, decompress: { lz4, bz2 } },
    );
    const kinds = await openTopics(bag, file);
    const counts = new Map<string, number>();
    for await (const { topic, data } of messagesOf(bag, [...kinds.keys()], file)) {
      if (signal.aborted) return;
      const count = counts.get(topic) ?? 0;
      counts.set(topic, count + 1);
      yield readEventMessage(kinds.get(topic) ?? 'packet', topic, data, false, count);
    }
  },
};

/** The topics with events and the kind of their messages. Throws INPUT_UNREADABLE where there is none. */
async function openTopics(bag: Bag, file: RandomAccess): Promise<Map<string, EventMessage>> {
  try {
    await bag.open();
  } catch (error) {
    const hint = 'if its recording was interrupted, mend it with `rosbag reindex`';
    throw new PipelineError('INPUT_UNREADABLE', `${file.path}: the bag has no readable index (${messageOf(error)}); ${hint}`, {
      cause: error,
    });
  }
  const kinds = new Map<string, EventMessage>();
  const found: string[] = [];
  for (const { topic, type = 'unknown' } of bag.connections.values()) {
    found.push(`${topic} (${type})`);
    const kind = eventMessage(type);
    if (kind) kinds.set(topic, kind);
  }
  if (kinds.size > 0) return kinds;
  throw new PipelineError('INPUT_UNREADABLE', `${file.path}: no topic of the bag holds events; found ${found.join(', ') || 'no topic'}`);
}

async function* messagesOf(bag: Bag, topics: string[], file: RandomAccess) {
  try {
    yield* bag.messageIterator({ topics });
  } catch (error) {
    throw new PipelineError('INPUT_UNREADABLE', `${file.path}: the bag cannot be read on: ${messageOf(error)}`, { cause: error });
  }
}
