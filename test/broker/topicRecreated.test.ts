import type kafkajs from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { topicIds } from '../../src/kafka/client/topicIds.ts';
import { withAdmin } from '../../src/kafka/client/withAdmin.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import { listen } from '../../src/stage/report.ts';
import { brokers, client, describeKafka, makeTopic, makeTopics, produce, unique } from './kafka.ts';

interface Running {
  readonly seen: number[];
  /** Settles when the source ends. */
  readonly end: Promise<void>;
  stop(): Promise<void>;
}

/** Reads and acks packets until it is stopped, and commits them often. */
function read(topic: string, groupId: string, options: Partial<Parameters<typeof kafkaSource>[0]> = {}): Running {
  const delivery = exactlyOnce({ brokers, groupId, lingerMs: 0, commitEveryMs: 100 });
  const source = kafkaSource({ brokers, topic, delivery, wire: 'raw', ...options });
  const stop = new AbortController();
  const seen: number[] = [];
  const end = (async () => {
    try {
      for await (const { bytes, ack } of source.packets(stop.signal)) {
        seen.push(bytes[0]!);
        ack();
      }
    } finally {
      await source.close?.();
    }
  })();
  end.catch(() => {});
  const stopped = async (): Promise<void> => {
    stop.abort();
    await end;
  };
  return { seen, end, stop: stopped };
}

const numbers = (from: number, to: number): Buffer[] => Array.from({ length: to - from }, (_, i) => Buffer.from([from + i]));
const values = (from: number, to: number): number[] => numbers(from, to).map((bytes) => bytes[0]!);
const deleteTopic = (topic: string): Promise<void> => withAdmin(client(), (admin) => admin.deleteTopics({ topics: [topic] }));

/** The group's commits for one partition, as the broker has them. */
const commitOf = (topic: string, groupId: string): Promise<kafkajs.FetchOffsetsPartition> =>
  withAdmin(client(), async (admin) => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]!.partitions[0]!);

/** Waits until the group has committed all of a topic but its last packet, which is read again, or more. */
const committed = (topic: string, groupId: string, count: number): Promise<void> =>
  until(async () => expect(Number((await commitOf(topic, groupId)).offset)).oneOf([count - 1, count]));

async function commit(topic: string, consumerGroupId: string, place: kafkajs.PartitionOffset): Promise<void> {
  const producer = client().producer({ transactionalId: unique('commit'), maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.sendOffsets({ consumerGroupId, topics: [{ topic, partitions: [place] }] });
  await transaction.commit();
  await producer.disconnect();
}

async function makeAnew(topic: string): Promise<void> {
  await deleteTopic(topic);
  await makeTopics(client(), [topic]);
}

const until = async (check: () => unknown): Promise<void> => void (await vi.waitFor(check, { timeout: 20_000, interval: 50 }));

describeKafka('a topic that was deleted and made anew', () => {
  it('has another id', async () => {
    const topic = await makeTopic('packets');
    const ids = topicIds(client());
    const before = await ids.of([topic, 'no-such-topic']);
    expect([...before.keys()]).toEqual([topic]);
    await makeAnew(topic);
    const after = await ids.of([topic]);
    expect(after.get(topic)).toMatch(/^[\w-]{22}$/);
    expect(after.get(topic)).not.toBe(before.get(topic));
    await ids.close();
  });

  it('ends a run that reads it, with what to do; its packets are read by the one that does it (issue 13)', async () => {
    const [topic, groupId] = [await makeTopic('packets'), unique('group')];
    await produce(topic, numbers(0, 5));
    const first = read(topic, groupId);
    await until(() => expect(first.seen).toEqual(values(0, 5)));
    await committed(topic, groupId, 5);
    await makeAnew(topic);
    await produce(topic, numbers(100, 120));
    await expect(first.end).rejects.toThrow(/the topic was deleted and made anew.*ifRecreated: 'restart'/);
    expect(first.seen).toEqual(values(0, 5));
    const second = read(topic, groupId, { ifRecreated: 'restart' });
    await until(() => expect(second.seen).toEqual(values(100, 120)));
    await second.stop();
  });

  it.each([
    ['more packets than the old one had', 20],
    ['fewer packets than the old one had', 3],
  ])('is read from its beginning by a run that says so while it reads, with %s, and is gone on with (issue 13)', async (_, count) => {
    const [topic, groupId] = [await makeTopic('packets'), unique('group')];
    await produce(topic, numbers(0, 5));
    const first = read(topic, groupId, { ifRecreated: 'restart', from: 'latest' });
    await committed(topic, groupId, 5);
    const said: string[] = [];
    const quiet = listen('swallow', ({ message }) => said.push(message));
    await makeAnew(topic);
    await produce(topic, numbers(100, 100 + count));
    await until(() => expect(first.seen).toEqual(values(100, 100 + count)));
    await committed(topic, groupId, count);
    await first.stop();
    quiet();
    expect(said).toEqual([expect.stringMatching(/deleted and made anew.*it begins with the new one/)]);
    await produce(topic, numbers(200, 202));
    const second = read(topic, groupId);
    await until(() => expect(second.seen).toEqual([99 + count, 200, 201]));
    await second.stop();
  });

  it('is told from the old one by the commit of a run before it, also where it holds more (issue 13)', async () => {
    const [topic, groupId] = [await makeTopic('packets'), unique('group')];
    await produce(topic, numbers(0, 5));
    const first = read(topic, groupId);
    await until(() => expect(first.seen).toHaveLength(5));
    await first.stop();
    const { offset, metadata } = await commitOf(topic, groupId);
    await makeAnew(topic);
    await produce(topic, numbers(100, 120));
    // What a run writes that has not heard of it: the broker forgets the commits of a topic that is deleted, and takes this one.
    await commit(topic, groupId, { partition: 0, offset, metadata } as kafkajs.PartitionOffset);
    await expect(read(topic, groupId).end).rejects.toThrow(/had the id [\w-]{22} and has [\w-]{22}: the topic was deleted and made anew/);
    const second = read(topic, groupId, { ifRecreated: 'restart' });
    await until(() => expect(second.seen).toEqual(values(100, 120)));
    await second.stop();
  });

  it('is said to be gone while it is (issue 13)', async () => {
    const [topic, groupId] = [await makeTopic('packets'), unique('group')];
    await produce(topic, numbers(0, 5));
    const running = read(topic, groupId);
    await until(() => expect(running.seen).toHaveLength(5));
    const said: string[] = [];
    const quiet = listen('wait', ({ on, message }) => said.push(`${on}: ${message}`));
    await deleteTopic(topic);
    await until(() => expect(said).toContain(`topic '${topic}': the brokers have none of this name any more; it was deleted`));
    quiet();
    await running.stop();
  });
});
