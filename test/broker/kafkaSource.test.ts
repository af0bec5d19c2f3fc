import { expect, it, vi } from 'vitest';
import type { Packet } from '../../src/consume/packet.ts';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { decoder } from '../../src/kafka/avroWire.ts';
import { exactlyOnce } from '../../src/kafka/exactlyOnce.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { brokers, client, describeKafka, makeTopic, unique } from './kafka.ts';
import { miniPipeline } from './miniPipeline.ts';
import { readTopic } from './readTopic.ts';

async function produce(topic: string, values: readonly Buffer[], headers: Record<string, string> = { encoding: 'evt3' }): Promise<void> {
  const producer = client().producer();
  await producer.connect();
  for (let i = 0; i < values.length; i += 10) {
    await producer.send({ topic, messages: values.slice(i, i + 10).map((value) => ({ key: 'cam', value, headers })) });
  }
  await producer.disconnect();
}

/** The first packets of a source; then it is closed in order. */
async function firstPackets(source: ReturnType<typeof kafkaSource>, count: number): Promise<Packet[]> {
  const packets: Packet[] = [];
  const end = new AbortController();
  try {
    for await (const packet of source.packets(end.signal)) {
      packets.push(packet);
      packet.ack();
      if (packets.length === count) break;
    }
  } finally {
    end.abort();
    await source.close?.();
  }
  return packets;
}

const numbers = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => Buffer.from([i]));
const texts = (packets: readonly Packet[]): number[] => packets.map(({ bytes }) => bytes[0]!);

describeKafka('kafkaSource', () => {
  it('begins at the earliest packet, at an offset, or at a time', async () => {
    const topic = await makeTopic('packets');
    await produce(topic, numbers(5));
    const late = new Date(Date.now() + 1).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await produce(topic, [Buffer.from([99])]);
    const source = (from?: Parameters<typeof kafkaSource>[0]['from']): ReturnType<typeof kafkaSource> =>
      kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw', ...(from && { from }) });
    expect(texts(await firstPackets(source(), 5))).toEqual([0, 1, 2, 3, 4]);
    expect(texts(await firstPackets(source({ offset: 3 }), 2))).toEqual([3, 4]);
    expect(texts(await firstPackets(source({ time: late }), 1))).toEqual([99]);
  });

  it('reads several topics, and those that a pattern matches', async () => {
    const prefix = unique('rig');
    const topics = [await makeTopic(`${prefix}-left`), await makeTopic(`${prefix}-right`)];
    for (const topic of topics) await produce(topic, numbers(2));
    for (const topic of [topics, new RegExp(`^${prefix}`)]) {
      const packets = await firstPackets(kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw' }), 4);
      expect(new Set(packets.map(({ position }) => position.source))).toEqual(new Set(topics));
    }
  });

  it('is paused while nobody pulls, goes on when somebody does, and leaves nothing out', async () => {
    const topic = await makeTopic('packets', { partitions: 2 });
    await produce(
      topic,
      Array.from({ length: 200 }, (_, i) => Buffer.alloc(50_000, i)),
    );
    const source = kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw', bufferBytes: 200_000 });
    const end = new AbortController();
    const iterator = source.packets(end.signal)[Symbol.asyncIterator]();
    const seen: number[] = [];
    for (let count = 0; count < 200; count++) {
      const { value } = (await iterator.next()) as { value: Packet };
      seen.push(value.bytes[0]!);
      if (count % 60 === 0) await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i));
    end.abort();
    await iterator.return?.(undefined);
    await source.close?.();
  });

  it('stops with what to do when the topic has thrown away what was not captioned, and goes on only when told to', async () => {
    const topic = await makeTopic('packets');
    await produce(topic, numbers(10));
    const groupId = unique('group');
    await firstPackets(kafkaSource({ brokers, topic, groupId, wire: 'raw' }), 3);
    const admin = client().admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '7' }] });
    await admin.disconnect();
    await expect(firstPackets(kafkaSource({ brokers, topic, groupId, wire: 'raw' }), 1)).rejects.toThrow(/are gone.*ifTruncated: 'skip'/s);
    expect(texts(await firstPackets(kafkaSource({ brokers, topic, groupId, wire: 'raw', ifTruncated: 'skip' }), 3))).toEqual([7, 8, 9]);
  });

  it('names the topic that is not there', async () => {
    const source = kafkaSource({ brokers, topic: 'no-such-topic', groupId: unique('group') });
    await expect(firstPackets(source, 1)).rejects.toThrow(/no topic 'no-such-topic'/);
  });
});

describeKafka('the share of an instance', () => {
  it('is its part of the assigned partitions; those of all instances never exceed the whole', async () => {
    const topic = await makeTopic('packets', { partitions: 4 });
    const groupId = unique('group');
    const instance = () => {
      const source = kafkaSource({ brokers, topic, groupId, wire: 'raw', sessionTimeoutMs: 3000 });
      const end = new AbortController();
      const iterator = source.packets(end.signal)[Symbol.asyncIterator]();
      const pulled = iterator.next();
      return {
        share: () => source.share!(),
        async stop() {
          end.abort();
          await pulled;
          await source.close?.();
        },
      };
    };
    let instances = [instance()];
    let most = 0;
    const shares = (): number[] => {
      const found = instances.map(({ share }) => share());
      most = Math.max(
        most,
        found.reduce((sum, share) => sum + share, 0),
      );
      return found;
    };
    const settle = async (expected: readonly number[]): Promise<void> =>
      vi.waitFor(() => expect(shares().toSorted((a, b) => a - b)).toEqual(expected), { timeout: 10_000, interval: 5 });
    await settle([1]);
    instances.push(instance(), instance());
    await settle([0.25, 0.25, 0.5]);
    const [first, ...others] = instances;
    await Promise.all(others.map(async (other) => other.stop()));
    instances = [first!];
    await settle([1]);
    await first!.stop();
    expect(most).toBe(1);
  }, 30_000);
});

describeKafka('a packet that nobody can read', () => {
  it('is one dead letter with its bytes and where it came from, also after a restart', async () => {
    const [topic, output, dead] = [await makeTopic('packets'), await makeTopic('captions'), await makeTopic('dead')];
    await produce(topic, [Buffer.from('no avro at all')]);
    const groupId = unique('group');
    for (let run = 0; run < 2; run++) {
      const delivery = exactlyOnce({ brokers, groupId, lingerMs: 0 });
      const stop = new AbortController();
      const running = miniPipeline({
        source: kafkaSource({ brokers, topic, delivery }),
        sink: kafkaSink({ brokers, topic: output, delivery }),
        deadLetters: kafkaSink({ brokers, topic: dead, schema: 'dead-letter', delivery }),
        stop: stop.signal,
      });
      while ((await readTopic(dead)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, run * 1000));
      stop.abort();
      await running;
    }
    const letters = await readTopic(dead);
    expect(letters).toHaveLength(1);
    const letter = await decoder<DeadLetter>('dead-letter', 'single-object', undefined)(letters[0]!.value!);
    expect(letter).toMatchObject({ stage: 'decode', code: 'DECODE_MALFORMED', position: { source: topic, partition: 0, first: 0 } });
    expect(String(Buffer.from(letter.payload))).toBe('no avro at all');
    expect(letters[0]!.headers).toHaveProperty('origin');
  });
});
