import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionBuffer } from '../../../src/kafka/consumer/partitionBuffer.ts';

interface Rig {
  readonly buffer: PartitionBuffer<number>;
  readonly calls: string[];
  /** As after one fetched batch. */
  readonly batch: (...items: number[]) => void;
}

/** A buffer of numbers, each as many bytes as its value. */
function rig(limitBytes: number): Rig {
  const calls: string[] = [];
  const buffer = new PartitionBuffer<number>({
    limitBytes,
    bytesOf: (item) => item,
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
  });
  return {
    buffer,
    calls,
    batch(...items) {
      for (const item of items) buffer.add(item);
      buffer.pauseIfFull();
    },
  };
}

describe('PartitionBuffer', () => {
  it('gives items out in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined })), (steps) => {
        const { buffer } = rig(1000);
        const expected: number[] = [];
        for (const item of steps) {
          if (item === undefined) expect(buffer.take()).toBe(expected.shift());
          else {
            buffer.add(item);
            expected.push(item);
          }
          expect(buffer.peek()).toBe(expected[0]);
          expect(buffer.bytes).toBe(expected.reduce((sum, bytes) => sum + bytes, 0));
        }
      }),
    );
  });

  it('pauses the partition above its limit, and resumes it once, at half of it', () => {
    const { buffer, calls, batch } = rig(100);
    batch(50, 50);
    expect(calls).toEqual([]);
    batch(1);
    expect([calls, buffer.isPaused]).toEqual([['pause'], true]);
    buffer.take();
    expect(calls).toEqual(['pause']);
    buffer.take();
    expect([calls, buffer.isPaused]).toEqual([['pause', 'resume'], false]);
    buffer.take();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('resumes also where a batch came after the pause and the buffer was below its limit again', () => {
    const { buffer, calls, batch } = rig(100);
    batch(60, 60);
    buffer.take();
    batch(10);
    expect(buffer.isPaused).toBe(true);
    buffer.take();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('stays paused while it is stopped, and after the start as long as it is full', () => {
    const { buffer, calls, batch } = rig(100);
    batch(90, 90);
    buffer.stop();
    buffer.take();
    expect(calls).toEqual(['pause', 'pause']);
    buffer.start();
    expect(calls.at(-1)).toBe('resume');
    batch(90);
    buffer.stop();
    buffer.start();
    expect(calls.at(-1)).toBe('pause');
    buffer.clear();
    expect([buffer.bytes, buffer.take()]).toEqual([0, undefined]);
  });
});
