import { expect, it, vi } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { decoder } from '../../src/avro/wireFormat.ts';
import { compressionType } from '../../src/kafka/client/compression.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { brokers, client, describeKafka, makeTopic, produce, unique } from './kafka.ts';
import { miniPipeline } from './miniPipeline.ts';
import { readTopic } from './readTopic.ts';
import { retryUntil } from '../../src/kafka/client/retryUntil.ts';

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
    const lateMs = Date.now() + 1;
    const late = new Date(lateMs).toISOString();
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(lateMs), { interval: 1 });
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

  it('gives a packet without bytes for each message of a batch that unpacks to too much, and reads on (issue 11)', async () => {
    const topic = await makeTopic('bomb');
    const producer = client().producer();
    await producer.connect();
    const send = (...values: Buffer[]): Promise<unknown> =>
      producer.send({ topic, compression: compressionType('zstd'), messages: values.map((value) => ({ key: 'cam', value })) });
    await send(Buffer.from([1]));
    await send(Buffer.alloc(2 ** 26), Buffer.alloc(2 ** 20));
    await send(Buffer.from([2]));
    await producer.disconnect();
    const packets = await firstPackets(kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw' }), 4);
    expect(packets.map(({ position, bytes }) => [position.first, bytes.length])).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    expect(packets[1]!.fault).toMatch(/^the batch of offsets 1 to 2: \d+ bytes unpack to more than the 67108864/);
    await expect(readTopic(topic)).rejects.toThrow(`${topic}, partition 0, offset 1: the batch of offsets 1 to 2`);
  });

  it('reads partitions that are added while it runs (issue 13)', async () => {
    const topic = await makeTopic('packets');
    const source = kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw', from: 'latest' });
    const end = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { position, bytes } of source.packets(end.signal)) seen.push(`${position.partition}/${bytes[0]}`);
    })();
    for (let sent = 0; seen.length === 0; sent++) {
      await produce(topic, [Buffer.from([0])]);
      if (sent > 100) throw new Error('nothing of the first partition is read');
    }
    const admin = client().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await admin.disconnect();
    for (const partition of [1, 2]) await retryUntil(() => produce(topic, numbers(3), undefined, partition), 10_000);
    const added = (partition: number): string[] => seen.filter((packet) => packet.startsWith(`${partition}/`));
    await vi.waitFor(
      () =>
        expect([added(1), added(2)]).toEqual([
          ['1/0', '1/1', '1/2'],
          ['2/0', '2/1', '2/2'],
        ]),
      { timeout: 30_000 },
    );
    end.abort();
    await reading;
    await source.close?.();
  });

  it('names the topic that is not there', async () => {
    const source = kafkaSource({ brokers, topic: 'no-such-topic', groupId: unique('group') });
    await expect(firstPackets(source, 1)).rejects.toThrow(/no topic 'no-such-topic'/);
  });
});

describeKafka('a packet that cannot be read', () => {
  it('is one dead letter with its bytes and where it came from, also after a restart', async () => {
    const [topic, output, dead] = [await makeTopic('packets'), await makeTopic('captions'), await makeTopic('dead')];
    const groupId = unique('group');
    for (let run = 0; run < 2; run++) {
      await produce(topic, [Buffer.from(`no avro at all ${run}`)]);
      const delivery = exactlyOnce({ brokers, groupId, lingerMs: 0 });
      const stop = new AbortController();
      const running = miniPipeline({
        source: kafkaSource({ brokers, topic, delivery }),
        sink: kafkaSink({ brokers, topic: output, delivery }),
        deadLetters: kafkaSink({ brokers, topic: dead, schema: 'dead-letter', delivery }),
        stop: stop.signal,
      });
      // The packet after it: had the restart read the first one again, its letter would come before.
      await vi.waitFor(async () => expect(await readTopic(dead)).toHaveLength(run + 1), { timeout: 10_000, interval: 50 });
      stop.abort();
      await running;
    }
    const letters = await readTopic(dead);
    expect(letters).toHaveLength(2);
    const letter = await decoder<DeadLetter>('dead-letter', 'single-object', undefined)(letters[0]!.value!);
    expect(letter).toMatchObject({ stage: 'decode', code: 'DECODE_MALFORMED', position: { source: topic, partition: 0, first: 0 } });
    expect(String(Buffer.from(letter.payload))).toBe('no avro at all 0');
    expect(letters[0]!.headers).toHaveProperty('origin');
  });

  it('is one dead letter among packets that go on: headers, keys, tombstones, and what is too large for a letter (issue 11)', async () => {
    const [topic, output, dead] = [await makeTopic('packets'), await makeTopic('captions'), await makeTopic('dead')];
    const value = Buffer.alloc(16);
    const odd = [
      { value, headers: { 'time-base-ns': '1.5' } },
      { value, headers: { width: '100000000', height: '100000000' } },
      { value, headers: { seq: ['1', '2'] } },
      { value: null },
      { value: Buffer.alloc(1_048_300), headers: { encoding: 'nosuchformat' } },
      { value, headers: { 'captured-at-us': '1e308' } },
    ];
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, '']));
    const producer = client().producer();
    await producer.connect();
    for (const message of odd) {
      await producer.send({ topic, messages: [{ key: 'cam', value }] });
      await producer.send({ topic, messages: [{ key: 'cam', ...message }] });
    }
    await producer.send({ topic, messages: [{ key: 'cam', value, headers: many }] });
    await producer.disconnect();
    const delivery = exactlyOnce({ brokers, groupId: unique('group'), lingerMs: 0 });
    const stop = new AbortController();
    const source = kafkaSource({ brokers, topic, delivery, wire: 'raw', raw: { encoding: 'event_cd', width: 64, height: 48 } });
    let pulled = 0;
    const running = miniPipeline({
      source: {
        ...source,
        async *packets(signal) {
          for await (const packet of source.packets(signal)) {
            pulled++;
            yield packet;
          }
        },
      },
      sink: kafkaSink({ brokers, topic: output, delivery }),
      deadLetters: kafkaSink({ brokers, topic: dead, schema: 'dead-letter', delivery }),
      stop: stop.signal,
    });
    await vi.waitFor(async () => expect(await readTopic(dead)).toHaveLength(odd.length), { timeout: 20_000, interval: 100 });
    await vi.waitFor(() => expect(pulled).toBe(2 * odd.length + 1), { timeout: 10_000, interval: 50 });
    stop.abort();
    await running;
    const read = decoder<DeadLetter>('dead-letter', 'single-object', undefined);
    const letters = (await readTopic(dead)).map((message) => read(message.value!) as DeadLetter);
    expect(letters.map(({ position }) => position.first)).toEqual([1, 3, 5, 7, 9, 11]);
    expect(new Set(letters.map(({ code }) => code))).toEqual(new Set(['DECODE_MALFORMED']));
    expect(letters.map(({ payload }) => payload.length)).toEqual([16, 16, 16, 0, 0, 16]);
    expect(letters[4]!.message).toMatch(/nosuchformat.*its 1048300 bytes are too many for a dead letter: they are at offset 9 of /);
  });
});
