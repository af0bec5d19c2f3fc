import { describe, expect, it } from 'vitest';
import { AssignedPartition } from '../../../src/consume/kafka/assignedPartition.ts';
import type { PacketFields } from '../../../src/consume/kafka/packetDecoder.ts';
import { nothingDone } from '../../../src/kafka/delivery/committedProgress.ts';
import type { Assignment } from '../../../src/kafka/delivery/delivery.ts';
import { PartitionProgress } from '../../../src/kafka/delivery/partitionProgress.ts';
import { lifetime } from '../../../src/stage/lifetime.ts';

const fields = (sensor: string): PacketFields => ({
  sensor,
  seq: 0,
  encoding: 'evt3',
  width: 1,
  height: 1,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes: new Uint8Array(10),
});

function rig(): { partition: AssignedPartition; calls: string[] } {
  const calls: string[] = [];
  const partition = new AssignedPartition(
    { topic: 'packets', partition: 2 },
    { bufferBytes: 15, pause: () => void calls.push('pause'), resume: () => void calls.push('resume') },
  );
  return { partition, calls };
}

function assignment(epoch: number, committed = nothingDone(5)): Assignment & { lose: () => void } {
  const ours = lifetime();
  return { progress: new PartitionProgress(committed), epoch, lifetime: ours, lose: ours.end };
}

describe('AssignedPartition', () => {
  it('gives packets out in order, with their position, and acks them in the progress', () => {
    const { partition } = rig();
    const current = assignment(1);
    partition.begin(current);
    for (const offset of [5, 6]) partition.add(current, offset, fields('cam'));
    partition.endBatch(current, 8);
    expect([current.progress.next, current.progress.open]).toEqual([9, 2]);
    const packet = partition.take()!;
    expect(packet.position).toEqual({ source: 'packets', unit: 'offset', partition: 2, first: 5, end: 6, epoch: 1 });
    packet.ack();
    expect(current.progress.open).toBe(1);
  });

  it('pauses when its buffer is full, and goes on when half of that was taken', () => {
    const { partition, calls } = rig();
    const current = assignment(1);
    partition.begin(current);
    for (const offset of [5, 6]) partition.add(current, offset, fields('cam'));
    partition.endBatch(current, 6);
    partition.take();
    expect(calls).toEqual(['resume', 'pause']);
    partition.take();
    expect(calls).toEqual(['resume', 'pause', 'resume']);
  });

  it('leaves out what is done: packets below where their sensor is read from, and rejected ones, which it acks', () => {
    const { partition } = rig();
    const current = assignment(1, { ...nothingDone(5), rejected: [6] });
    partition.begin(current);
    for (const offset of [4, 6, 7]) partition.add(current, offset, fields('cam'));
    expect(partition.take()?.position.first).toBe(7);
    expect(partition.take()).toBeUndefined();
    expect(current.progress.open).toBe(1);
  });

  it('keeps what waits when the same epoch goes on, and drops it when another begins', () => {
    const { partition } = rig();
    const current = assignment(1);
    partition.begin(current);
    partition.add(current, 5, fields('cam'));
    partition.stop();
    const same = { ...current };
    partition.begin(same);
    expect(partition.take()?.position.first).toBe(5);
    partition.add(same, 6, fields('cam'));
    partition.begin(assignment(2));
    partition.add(same, 7, fields('cam'));
    expect(partition.take()).toBeUndefined();
  });

  it('makes one session of a sensor, which knows what is done and ends with the assignment', () => {
    const { partition } = rig();
    const current = assignment(1);
    partition.begin(current);
    for (const offset of [5, 6]) partition.add(current, offset, fields('cam'));
    partition.add(current, 7, fields('other'));
    const [first, second, other] = [partition.take()!, partition.take()!, partition.take()!];
    expect(second.session).toBe(first.session);
    expect(other.session).not.toBe(first.session);
    const window = { sensor: 'cam', start: 0, end: 10, position: first.position };
    expect(first.session!.register(window)).toBe(true);
    first.session!.finish(window);
    expect(first.session!.register(window)).toBe(false);
    current.lose();
    expect(first.session!.register({ ...window, start: 50, position: second.position })).toBe(false);
  });

  it('has nothing to give out once another instance has it', () => {
    const { partition, calls } = rig();
    const current = assignment(1);
    partition.begin(current);
    partition.add(current, 5, fields('cam'));
    partition.lose();
    partition.add(current, 6, fields('cam'));
    expect([partition.take(), partition.assignment, calls.at(-1)]).toEqual([undefined, undefined, 'pause']);
  });
});
