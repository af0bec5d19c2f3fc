import { expect, it, vi } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { brokers, describeKafka, makeTopic, unique } from './kafka.ts';

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
