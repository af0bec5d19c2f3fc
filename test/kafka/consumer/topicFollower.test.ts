import { describe, expect, it } from 'vitest';
import { UsedPositions } from '../../../src/kafka/consumer/topicFollower.ts';

describe('UsedPositions', () => {
  it('resolves when the ends of all partitions are reached; empty ones need nothing', async () => {
    const positions = new UsedPositions();
    const order: string[] = [];
    const reached = positions
      .reach([
        { partition: 0, first: 0, end: 2 },
        { partition: 1, first: 5, end: 5 },
        { partition: 2, first: 0, end: 1 },
      ])
      .then(() => order.push('reached'));
    positions.advance(0, 2);
    await Promise.resolve();
    order.push('half');
    positions.advance(2, 1);
    await reached;
    expect(order).toEqual(['half', 'reached']);
  });

  it('does not go back', () => {
    const positions = new UsedPositions();
    positions.advance(0, 7);
    positions.advance(0, 3);
    expect(positions.of(0)).toBe(7);
  });

  it('rejects when reading has failed, unless everything was reached before', async () => {
    const positions = new UsedPositions();
    const ranges = [{ partition: 0, first: 0, end: 2 }];
    const waiting = positions.reach(ranges);
    positions.fail(new Error('no broker'));
    await expect(waiting).rejects.toThrow('no broker');
    positions.advance(0, 2);
    await positions.reach(ranges);
  });
});
