import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DoneWindow } from '../../../src/kafka/delivery/committedProgress.ts';
import { PartitionCommitter } from '../../../src/kafka/delivery/partitionCommitter.ts';
import { type FakePartition, fakePartition } from './fakePartition.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Rig {
  readonly committer: PartitionCommitter;
  readonly broker: FakePartition;
  readonly events: string[];
  readonly take: () => ReturnType<PartitionCommitter['take']>;
}

function rig(broker = fakePartition()): Rig {
  const events: string[] = [];
  let epochs = 0;
  const committer: PartitionCommitter = new PartitionCommitter({
    input: { groupId: 'group', topic: 'in', partition: 0 },
    producer: broker.producer,
    commits: broker.commits,
    lingerMs: 50,
    giveUpAfterMs: 10_000,
    onLost: () => void events.push('lost'),
    onFailed: ({ code, message }) => void events.push(`${code} ${message}`),
  });
  return {
    committer,
    broker,
    events,
    take: () =>
      committer.take(
        async () => 100,
        () => ++epochs,
      ),
  };
}

const windowAt = (offset: number): DoneWindow => ({
  sensor: 'cam',
  start: 10 * offset,
  end: 10 * offset + 10,
  position: { first: offset, end: offset + 1 },
});
const message = (text: string) => ({ topic: 'out', key: 'cam', value: Buffer.from(text) });
const write = (committer: PartitionCommitter, offset: number, epoch: number): Promise<void> =>
  committer.write(message(`window ${offset}`), windowAt(offset), epoch);

describe('PartitionCommitter', () => {
  it('begins where the source says when the group has committed nothing', async () => {
    const { take } = rig();
    const { progress, epoch } = await take();
    expect([progress.next, epoch]).toEqual([100, 1]);
  });

  it('sends what came within the linger time in one batch, with the progress that it leads to', async () => {
    const { committer, broker, take } = rig();
    const { progress, epoch } = await take();
    for (const offset of [100, 101]) progress.arrived(offset, 'cam')();
    const writes = [100, 101].map((offset) => write(committer, offset, epoch));
    await vi.advanceTimersByTimeAsync(49);
    expect(broker.attempts).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(writes);
    expect(broker.written).toEqual(['window 100', 'window 101']);
    expect(broker.attempts).toBe(1);
    expect(broker.last()!.progress).toMatchObject({ position: 101, sensors: [{ watermark: { start: 1010 } }] });
  });

  it('writes a window once, also when it is completed a second time', async () => {
    const { committer, broker, take } = rig();
    const { epoch } = await take();
    const writes = [100, 100].map((offset) => write(committer, offset, epoch));
    await vi.runOnlyPendingTimersAsync();
    await Promise.all(writes);
    expect(broker.written).toEqual(['window 100']);
  });

  it('commits a position without messages, and only when it has changed', async () => {
    const { committer, broker, take } = rig();
    const { progress } = await take();
    for (let second = 0; second < 3; second++) {
      committer.commitSoon();
      await vi.runOnlyPendingTimersAsync();
    }
    expect(broker.attempts).toBe(1);
    progress.readTo(120);
    committer.commitSoon();
    await vi.runOnlyPendingTimersAsync();
    expect(broker.last()!.progress.position).toBe(120);
  });

  it('goes on from its own commit after a rebalance, and begins at the commit of another instance', async () => {
    const { broker, take, committer } = rig();
    const before = await take();
    committer.commitSoon();
    await vi.runOnlyPendingTimersAsync();
    const same = await take();
    expect([same.epoch, same.progress === before.progress, before.lifetime.isOver]).toEqual([1, true, false]);
    broker.commitOfAnother();
    const after = await take();
    expect([after.epoch, after.progress.next, before.lifetime.isOver]).toEqual([2, 0, true]);
  });

  it('drops what belongs to an earlier epoch, or to a partition that was released', async () => {
    const { committer, broker, take } = rig();
    const { epoch } = await take();
    await write(committer, 100, epoch - 1);
    const waiting = write(committer, 100, epoch);
    committer.release();
    await waiting;
    await write(committer, 101, epoch);
    await vi.runOnlyPendingTimersAsync();
    expect(broker.attempts).toBe(0);
  });

  it('says that the partition is lost when another instance has committed', async () => {
    const { committer, broker, events, take } = rig();
    const { epoch, lifetime } = await take();
    broker.failNext('fenced');
    const written = write(committer, 100, epoch);
    await vi.runOnlyPendingTimersAsync();
    await written;
    expect(events).toEqual(['lost']);
    expect(lifetime.isOver).toBe(true);
    expect(broker.written).toEqual([]);
  });

  it('rejects the batch that cannot be written, and commits nothing after it', async () => {
    const { committer, broker, events, take } = rig();
    const { progress, epoch } = await take();
    broker.failNext('too large');
    const written = write(committer, 100, epoch).catch((error: unknown) => error);
    await vi.runOnlyPendingTimersAsync();
    expect(await written).toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('in/0') });
    expect(events).toHaveLength(1);
    progress.readTo(200);
    committer.commitSoon();
    await vi.runOnlyPendingTimersAsync();
    await committer.drain();
    expect(broker.attempts).toBe(1);
  });

  it('leaves no promise that rejects unseen when the progress itself fails', async () => {
    const { committer, events, take } = rig();
    const { epoch } = await take();
    const broken = {
      get sensor(): string {
        throw new Error('no such sensor');
      },
      start: 0,
      end: 1,
      position: { first: 100, end: 101 },
    };
    const written = committer.write(message('x'), broken, epoch).catch((error: unknown) => error);
    await vi.runOnlyPendingTimersAsync();
    expect(await written).toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('no such sensor') });
    expect(events).toHaveLength(1);
  });

  it('writes everything that waits when it is drained, however many batches that takes', async () => {
    const { committer, broker, take } = rig();
    const { epoch } = await take();
    const writes = Array.from({ length: 4500 }, (_, i) => write(committer, 100 + i, epoch));
    await committer.drain();
    await Promise.all(writes);
    expect(broker.written).toHaveLength(4500);
    expect(broker.attempts).toBe(3);
    await committer.close();
    expect(broker.isClosed).toBe(true);
    await expect(take()).rejects.toThrow('the delivery is closed');
  });
});
