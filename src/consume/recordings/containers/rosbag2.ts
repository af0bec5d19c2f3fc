import type { DatabaseSync } from 'node:sqlite';
import { PipelineError } from '../../../errors.ts';
import type { Container } from '../container.ts';
import { checkTopics } from './support/checkTopics.ts';
import { noEvents } from './support/noEvents.ts';
import { type EventMessage, eventMessage, eventPacket } from './support/eventMessage.ts';

/*
  ROS 2 bag in SQLite (.db3)
    topics (id, name, type, serialization_format, ...), messages (id, topic_id, timestamp, data: CDR)
*/

const MAGIC = 'SQLite format 3\0';

/** ROS 2 bags of the storage `sqlite3` with `event_camera_msgs/msg/EventPacket`; each topic is a sensor. */
export const rosbag2: Container = {
  name: 'rosbag2',
  detect: (head) => Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC,
  async *packets({ path, limits }, signal) {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(path, { readOnly: true, allowExtension: false });
    try {
      for (const table of ['topics', 'messages']) {
        const fault = faultOf(database, table);
        if (fault !== undefined) throw new PipelineError('INPUT_UNREADABLE', `${path}: the SQLite file is no ROS 2 bag: it ${fault}`);
      }
      const topics = [...rowsOf(database, 'SELECT id, name, type FROM topics')];
      const kinds = new Map<unknown, { name: string; kind: EventMessage; count: number }>();
      for (const { id, name, type } of topics) {
        const kind = typeof type === 'string' ? eventMessage(type) : undefined;
        if (kind) kinds.set(id, { name: typeof name === 'string' ? name : `topic ${String(id)}`, kind, count: 0 });
      }
      if (kinds.size === 0)
        throw noEvents(
          path,
          'bag',
          topics.map(({ name, type }) => `${String(name)} (${String(type)})`),
        );
      checkTopics({ path }, kinds.size);
      const messages =
        'SELECT topic_id AS id, octet_length(data) AS bytes, iif(octet_length(data) <= ?, data, NULL) AS data FROM messages ORDER BY timestamp, id';
      for (const { id, bytes, data } of rowsOf(database, messages, limits.chunkBytes)) {
        if (signal.aborted) return;
        const topic = kinds.get(id);
        if (!topic) continue;
        const found =
          Number(bytes) > limits.chunkBytes ? `${Number(bytes)} bytes, more than limits.chunkBytes, ${limits.chunkBytes}` : data;
        yield eventPacket(topic.kind, topic.name, found, true, topic.count++);
      }
    } finally {
      database.close();
    }
  },
};

/** A view, a virtual table or a column that is computed is a program of a stranger: it may never end, and make rows of any size. */
function faultOf(database: DatabaseSync, table: string): string | undefined {
  const found = database.prepare('SELECT type FROM pragma_table_list WHERE schema = ? AND name = ?').get('main', table);
  if (!found) return `lacks the table ${table}`;
  if (found['type'] !== 'table') return `has a ${String(found['type'])} for the table ${table}`;
  const computed = database.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 0').get(table);
  return computed && `computes the column ${String(computed['name'])} of ${table}`;
}

/** SQLite lets any column hold any type. Whole numbers come as bigint: others than doubles can hold would throw. */
function rowsOf(database: DatabaseSync, query: string, ...values: number[]): Iterable<Record<string, unknown>> {
  const statement = database.prepare(query);
  statement.setReadBigInts(true);
  return statement.iterate(...values);
}
