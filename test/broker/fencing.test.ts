import { expect, it, vi } from 'vitest';
import type { Delivery } from '../../src/kafka/delivery/delivery.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import type { DoneWindow } from '../../src/kafka/delivery/committedProgress.ts';
import { brokers, describeKafka, makeTopic, unique } from './kafka.ts';
import { readTopic } from './readTopic.ts';

interface Owner {
  readonly delivery: Delivery;
  readonly lost: number[];
}

function owner(groupId: string, options: { metadataLimit?: number } = {}): Owner {
  // No commits between the writes: one that the heir's fence interrupts does not know what became of it, and fences the heir to find out.
  const delivery = exactlyOnce({ brokers, groupId, lingerMs: 0, commitEveryMs: 600_000, ...options });
  const lost: number[] = [];
  delivery.attach({ lost: (_, partition) => lost.push(partition), failed: () => {}, commit: async () => {}, leave: async () => {} });
  return { delivery, lost };
}

const windowAt = (start: number, first: number): DoneWindow => ({
  sensor: 'cam',
  start,
  end: start + 10,
  position: { first, end: first + 1 },
});

const write = async ({ delivery }: Owner, input: string, output: string, epoch: number, start: number): Promise<void> =>
  delivery.write({ topic: output, key: 'cam', value: Buffer.from(`window ${start}`) }, windowAt(start, start / 10), {
    source: input,
    unit: 'offset',
    partition: 0,
    first: start / 10,
    end: start / 10 + 1,
    epoch,
  });

const textOf = async (topic: string): Promise<string[]> => (await readTopic(topic)).map(({ value }) => String(value));

describeKafka('an owner that was frozen', () => {
  it('writes nothing once another has taken its partition, and says that it lost it', async () => {
    const [input, output] = [await makeTopic('in'), await makeTopic('out')];
    const group = unique('group');
    const [zombie, heir] = [owner(group), owner(group)];
    const before = await zombie.delivery.take(input, 0, async () => 0);
    await write(zombie, input, output, before.epoch, 0);
    const after = await heir.delivery.take(input, 0, async () => 0);
    await write(zombie, input, output, before.epoch, 10);
    expect(zombie.lost).toEqual([0]);
    expect(before.lifetime.isOver).toBe(true);
    await write(heir, input, output, after.epoch, 10);
    expect(await textOf(output)).toEqual(['window 0', 'window 10']);
    await Promise.all([zombie.delivery.close(), heir.delivery.close()]);
  });

  it('leaves behind what it had done: the next one does not do it again', async () => {
    const [input, output] = [await makeTopic('in'), await makeTopic('out')];
    const group = unique('group');
    for (const [limit, expected] of [
      [4096, ['window 0', 'window 30']],
      [40, ['window 0', 'window 30', 'window 60']],
    ] as const) {
      const one = owner(group, { metadataLimit: limit });
      const taken = await one.delivery.take(input, 0, async () => 0);
      for (const start of [0, 30, ...(limit === 40 ? [60] : [])]) {
        taken.progress.arrived(start / 10, 'cam');
        await write(one, input, output, taken.epoch, start);
      }
      await one.delivery.close();
      expect(await textOf(output)).toEqual(expected);
    }
  });

  it('keeps its partition and what is on its way when the group only moved others', async () => {
    const [input, output] = [await makeTopic('in'), await makeTopic('out')];
    const one = owner(unique('group'));
    const before = await one.delivery.take(input, 0, async () => 0);
    await write(one, input, output, before.epoch, 0);
    const again = await one.delivery.take(input, 0, async () => 0);
    expect(again).toMatchObject({ epoch: before.epoch });
    expect(before.lifetime.isOver).toBe(false);
    await write(one, input, output, before.epoch, 10);
    expect(await textOf(output)).toEqual(['window 0', 'window 10']);
    await one.delivery.close();
  });

  it('leaves no connection open when it is told to end while it is given a partition', async () => {
    const input = await makeTopic('in');
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
    const before = sockets();
    const one = owner(unique('group'));
    await one.delivery.take(input, 0, async () => 0);
    const ended = one.delivery.close();
    await Promise.allSettled([one.delivery.take(input, 0, async () => 0), ended]);
    await vi.waitFor(() => expect(sockets()).toBe(before), 5000);
  });
});
