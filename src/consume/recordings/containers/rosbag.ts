import { PipelineError, messageOf } from '../../../errors.ts';
import type { Container, RandomAccess } from '../container.ts';
import { type CheckedBag, checkedBag } from './support/checkedBag.ts';
import { type EventMessage, eventMessage, eventPacket } from './support/eventMessage.ts';
import { checkTopics } from './support/checkTopics.ts';
import { noEvents } from './support/noEvents.ts';

const MAGIC = '#ROSBAG V2.0\n';

/** ROS 1 bags with `event_camera_msgs/EventPacket` or `dvs_msgs/EventArray`; each topic is a sensor. */
export const rosbag: Container = {
  name: 'rosbag',
  detect: (head) => Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC,
  async *packets(file, signal) {
    const bag = checkedBag(file);
    const kinds = await openTopics(bag, file);
    const counts = new Map<string, number>();
    for await (const { topic, data } of messagesOf(bag, [...kinds.keys()], file)) {
      if (signal.aborted) return;
      const count = counts.get(topic) ?? 0;
      counts.set(topic, count + 1);
      yield eventPacket(kinds.get(topic) ?? 'packet', topic, data, false, count);
    }
  },
};

/** The topics with events and the kind of their messages. Throws INPUT_UNREADABLE where there is none. */
async function openTopics(checked: CheckedBag, file: RandomAccess): Promise<Map<string, EventMessage>> {
  try {
    await checked.open();
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const hint = 'if its recording was interrupted, mend it with `rosbag reindex`';
    throw new PipelineError('INPUT_UNREADABLE', `${file.path}: the bag has no readable index (${messageOf(error)}); ${hint}`, {
      cause: error,
    });
  }
  const kinds = new Map<string, EventMessage>();
  const found: string[] = [];
  for (const { topic, type = 'unknown' } of checked.bag.connections.values()) {
    found.push(`${topic} (${type})`);
    const kind = eventMessage(type);
    if (kind) kinds.set(topic, kind);
  }
  if (kinds.size === 0) throw noEvents(file.path, 'bag', found);
  checkTopics(file, kinds.size);
  return kinds;
}

async function* messagesOf(checked: CheckedBag, topics: string[], file: RandomAccess) {
  try {
    for await (const message of checked.bag.messageIterator({ topics })) {
      checked.passed(message.timestamp);
      yield message;
    }
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError('INPUT_UNREADABLE', `${file.path}: the bag cannot be read on: ${messageOf(error)}`, { cause: error });
  }
}
