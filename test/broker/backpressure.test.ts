import { expect, it, vi } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { type Reports, listen } from '../../src/stage/report.ts';
import { brokers, describeKafka, makeTopic, produce, unique } from './kafka.ts';

/** What kafkajs fetches of a partition at once. */
const FETCH_BYTES = 2 ** 20 + 50_000;

/** Pulls packets one by one, and none ahead. */
function readerOf(source: ReturnType<typeof kafkaSource>): { next(): Promise<Packet>; stop(): Promise<void> } {
  const end = new AbortController();
  const iterator = source.packets(end.signal)[Symbol.asyncIterator]();
  return {
    async next() {
      const { value } = (await iterator.next()) as { value: Packet };
      return value;
    },
    async stop() {
      end.abort();
      await iterator.return?.(undefined);
      await source.close?.();
    },
  };
}

/** Looks on at the sources that read a topic. */
function watchSource(topic: string) {
  const states = new Map<string, Reports['buffered']>();
  let [most, joins] = [0, 0];
  const ends = [
    listen('assigned', () => void joins++),
    listen('buffered', (state) => {
      if (!state.partition.startsWith(topic)) return;
      states.set(state.partition, state);
      most = Math.max(most, state.bytes);
    }),
  ];
  return {
    paused: () => [...states.values()].filter(({ paused }) => paused),
    bytes: () => [...states.values()],
    mostBytes: () => most,
    joins: () => joins,
    end: () => ends.forEach((end) => end()),
  };
}

describeKafka('a source that is not pulled', () => {
  it('holds what it may, keeps its place in the group, and leaves nothing out', async () => {
    const topic = await makeTopic('packets', { partitions: 2 });
    await produce(
      topic,
      Array.from({ length: 200 }, (_, i) => Buffer.alloc(50_000, i)),
    );
    const bufferBytes = 200_000;
    const watch = watchSource(topic);
    const source = kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw', bufferBytes, sessionTimeoutMs: 1000 });
    const reader = readerOf(source);
    const seen = [await reader.next()];
    await vi.waitFor(() => expect(watch.paused()).toHaveLength(1), { interval: 5 });
    // The clock is what this is about: as long as two sessions and a half.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    for (let stalls = 1; stalls <= 3; stalls++) {
      while (seen.length < 50 * stalls) seen.push(await reader.next());
      await vi.waitFor(() => expect(watch.paused()).toHaveLength(1), { interval: 5 });
    }
    while (seen.length < 200) seen.push(await reader.next());
    expect(seen.map(({ bytes }) => bytes[0])).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(watch.mostBytes()).toBeGreaterThan(bufferBytes);
    expect(watch.mostBytes()).toBeLessThanOrEqual(bufferBytes + FETCH_BYTES);
    expect(watch.joins()).toBe(1);
    watch.end();
    await reader.stop();
  });

  it('a paused partition stays paused over a rebalance, and both instances read everything once', async () => {
    const topic = await makeTopic('packets', { partitions: 2 });
    for (const partition of [0, 1]) {
      const values = Array.from({ length: 60 }, (_, i) => Buffer.alloc(50_000, 100 * partition + i));
      await produce(topic, values, undefined, partition);
    }
    const settings = { brokers, topic, groupId: unique('group'), wire: 'raw', sessionTimeoutMs: 3000 } as const;
    const watch = watchSource(topic);
    const first = readerOf(kafkaSource({ ...settings, bufferBytes: 200_000 }));
    const seen = [await first.next()];
    await vi.waitFor(() => expect(watch.paused()).toHaveLength(2), { interval: 5 });
    const held = watch.bytes();
    const second = readerOf(kafkaSource(settings));
    const fromSecond: Packet[] = [];
    while (fromSecond.length < 60) fromSecond.push(await second.next());
    const [moved] = new Set(fromSecond.map(({ position }) => position.partition));
    const stayed = `${topic}/${1 - moved!}`;
    // Nobody has pulled since, and no more of it was fetched.
    const before = held.find(({ partition }) => partition === stayed)!;
    const after = watch.bytes().find(({ partition }) => partition === stayed)!;
    expect(after).toMatchObject({ paused: true });
    expect(after.bytes).toBeLessThanOrEqual(before.bytes);
    const fromFirst = seen.filter(({ position }) => position.partition !== moved);
    while (fromFirst.length < 60) {
      const packet = await first.next();
      if (packet.position.partition !== moved) fromFirst.push(packet);
    }
    for (const packets of [fromFirst, fromSecond]) {
      expect(packets.map(({ position }) => position.first)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    }
    watch.end();
    await first.stop();
    await second.stop();
  });
});
