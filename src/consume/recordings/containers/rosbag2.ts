import { PipelineError } from '../../../errors.ts';
import type { Container } from '../container.ts';
import { type EventMessage, eventMessage, readEventMessage } from './support/eventMessage.ts';

/*
  ROS 2 bag in SQLite (.db3)
    topics (id, name, type, serialization_format, ...), messages (id, topic_id, timestamp, data: CDR)
*/

const MAGIC = 'SQLite format 3\0';

/** ROS 2 bags of the storage `sqlite3` with `event_camera_msgs/msg/EventPacket`; each topic is a sensor. */
export const rosbag2: Container = {
  name: 'rosbag2',
  detect: (head) => Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC,
  async *packets({ path }, signal) {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('topics', 'messages')").all();
      if (tables.length < 2)
        throw new PipelineError('INPUT_UNREADABLE', `${path}: the SQLite file is no ROS 2 bag: it lacks the tables topics and messages`);
      const topics = database.prepare('SELECT id, name, type FROM topics').all() as { id: number; name: string; type: string }[];
      const kinds = new Map<number, { name: string; kind: EventMessage; count: number }>();
      for (const { id, name, type } of topics) {
        const kind = eventMessage(type);
        if (kind) kinds.set(id, { name, kind, count: 0 });
      }
      if (kinds.size === 0) {
        const found = topics.map(({ name, type }) => `${name} (${type})`).join(', ') || 'no topic';
        throw new PipelineError('INPUT_UNREADABLE', `${path}: no topic of the bag holds events; found ${found}`);
      }
      for (const row of database.prepare('SELECT topic_id, data FROM messages ORDER BY timestamp, id').iterate()) {
        if (signal.aborted) return;
        const topic = kinds.get(Number(row['topic_id']));
        if (topic) yield readEventMessage(topic.kind, topic.name, row['data'] as Uint8Array, true, topic.count++);
      }
    } finally {
      database.close();
    }
  },
};
