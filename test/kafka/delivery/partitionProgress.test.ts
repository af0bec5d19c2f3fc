import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommittedProgress, type DoneWindow, nothingDone } from '../../../src/kafka/delivery/committedProgress.ts';
import { PartitionProgress } from '../../../src/kafka/delivery/partitionProgress.ts';

const fresh = nothingDone(0);
const window = (start: number, first: number, end: number, sensor = 'cam'): DoneWindow => ({
  sensor,
  start,
  end: start + 10,
  position: { first, end },
});

describe('the position to commit', () => {
  it('is the lowest offset that something needs, whatever was acked behind it', () => {
    const progress = new PartitionProgress(fresh);
    const acks = [0, 1, 2, 3].map((offset) => progress.arrived(offset, 'cam'));
    acks[3]!();
    acks[1]!();
    expect(progress.snapshot().position).toBe(0);
  });

  it('stays one packet behind in each sensor, for the decoder to warm up', () => {
    const progress = new PartitionProgress(fresh);
    for (const offset of [0, 1, 2]) progress.arrived(offset, 'cam')();
    expect(progress.snapshot().position).toBe(2);
  });

  it('is not held by a sensor that fell silent long ago', () => {
    const progress = new PartitionProgress(fresh);
    progress.arrived(0, 'silent')();
    for (let offset = 1; offset < 2000; offset++) progress.arrived(offset, 'cam')();
    expect(progress.snapshot().position).toBe(1999);
  });

  it('passes over gaps that compaction and transaction markers leave', () => {
    const progress = new PartitionProgress(fresh);
    progress.arrived(4, 'cam')();
    progress.readTo(9);
    expect(progress.next).toBe(9);
  });
});

describe('the low watermark', () => {
  it('moves over windows that are done up to the first that is not', () => {
    const progress = new PartitionProgress(fresh);
    const acks = [0, 1, 2, 3, 4].map((offset) => progress.arrived(offset, 'cam'));
    for (const k of [0, 1, 2]) progress.begun(window(10 * k, k, k + 1));
    progress.done(window(0, 0, 1));
    acks[0]!();
    progress.done(window(20, 2, 3));
    acks[2]!();
    const [committed] = progress.snapshot().sensors;
    expect(committed).toMatchObject({ watermark: { start: 0, end: 10, offset: 1 }, done: [20] });
    progress.done(window(10, 1, 2));
    acks[1]!();
    expect(progress.snapshot().sensors[0]).toMatchObject({ watermark: { start: 20, end: 30, offset: 3 }, done: [] });
  });

  it('does not pass a window that began before it and was cut after it, of late events', () => {
    const progress = new PartitionProgress(fresh);
    const acks = [0, 1, 2].map((offset) => progress.arrived(offset, 'cam'));
    progress.begun(window(0, 1, 2));
    progress.begun(window(10, 0, 1));
    progress.done(window(10, 0, 1));
    acks[0]!();
    expect(progress.snapshot().sensors[0]).toMatchObject({ done: [10] });
    expect(progress.snapshot().sensors[0]?.watermark).toBeUndefined();
  });

  it('says nothing of windows that begin after its last packet: the clock of a sensor may start again', () => {
    const progress = new PartitionProgress(fresh);
    progress.arrived(0, 'cam')();
    progress.done(window(1_000_000, 0, 1));
    progress.arrived(1, 'cam');
    progress.snapshot();
    expect(progress.begun(window(0, 1, 2))).toBe(false);
    expect(progress.begun(window(1_000_000, 0, 1))).toBe(true);
  });
});

describe('a restart', () => {
  // Windows of 10 µs; packets of two sensors in turn; packet k of a sensor holds the end of window k-1 and most of window k.
  const SENSORS = ['left', 'right'];
  const PACKETS = 30;
  const windowsOf = (sensor: number): DoneWindow[] =>
    Array.from({ length: PACKETS - 1 }, (_, k) => window(10 * k, 2 * k + sensor, 2 * (k + 1) + sensor + 1, SENSORS[sensor]));

  /** Reads from the committed's position, cuts, and finishes windows in the given order until `steps` are done. */
  function live(committed: CommittedProgress, order: readonly number[], steps: number, finished: string[]): CommittedProgress {
    const progress = new PartitionProgress(committed);
    const acks = new Map<number, { left: number; ack: () => void }>();
    for (let offset = committed.position; offset < 2 * PACKETS; offset++) {
      const sensor = SENSORS[offset % 2]!;
      acks.set(offset, { left: 0, ack: progress.arrived(offset, sensor) });
    }
    const open: DoneWindow[] = [];
    const held = (done: DoneWindow): number[] => [done.position.first, done.position.end - 1].filter((offset) => acks.has(offset));
    for (const sensor of [0, 1]) {
      const watermark = progress.watermarkOf(SENSORS[sensor]!);
      for (const whole of windowsOf(sensor)) {
        if (whole.position.end <= committed.position || (watermark && whole.start < watermark.end)) continue;
        const cut = {
          ...whole,
          position: { ...whole.position, first: Math.max(whole.position.first, committed.position + ((committed.position + sensor) % 2)) },
        };
        for (const offset of held(cut)) acks.get(offset)!.left++;
        if (progress.begun(cut)) release(cut);
        else open.push(cut);
      }
    }
    for (const [offset, holder] of acks) if (holder.left === 0 && offset < 2 * (PACKETS - 1)) holder.ack();

    function release(done: DoneWindow): void {
      for (const offset of held(done)) {
        const holder = acks.get(offset)!;
        if (--holder.left === 0) holder.ack();
      }
    }
    for (let step = 0; step < steps && open.length > 0; step++) {
      const [done] = open.splice(order[step % order.length]! % open.length, 1);
      finished.push(`${done!.sensor} ${done!.start} ${done!.position.first}`);
      progress.done(done!);
      release(done!);
    }
    return progress.snapshot();
  }

  it('at any time and in any order of answers does every window once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), fc.nat(20)), { maxLength: 8 }), (runs) => {
        const finished: string[] = [];
        let committed = fresh;
        for (const [order, steps] of runs) committed = live(committed, order, steps, finished);
        live(committed, [0], 1000, finished);
        const expected = [0, 1]
          .flatMap((sensor) => windowsOf(sensor))
          .map(({ sensor, start, position }) => `${sensor} ${start} ${position.first}`);
        expect(finished.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});

describe('late events of a packet', () => {
  it('are rejected once, also after a restart', () => {
    const before = new PartitionProgress(fresh);
    for (const offset of [0, 1]) before.arrived(offset, 'cam');
    before.lateRejected(1);
    expect(before.isLateRejected(0)).toBe(false);
    const after = new PartitionProgress(before.snapshot());
    expect([after.isLateRejected(0), after.isLateRejected(1), after.isLateRejected(2)]).toEqual([false, true, false]);
  });
});

describe('an offset at which the idle timeout ended a window', () => {
  it('is remembered for as long as the window is read again', () => {
    const before = new PartitionProgress(fresh);
    const acks = [0, 1, 2].map((offset) => before.arrived(offset, 'cam'));
    before.begun({ ...window(0, 0, 2), idleAt: 2 });
    const committed = before.snapshot();
    expect(new PartitionProgress(committed).idleAtOf('cam')).toEqual([2]);
    before.done(window(0, 0, 2));
    for (const ack of acks) ack();
    before.arrived(3, 'cam');
    expect(before.snapshot().sensors[0]?.idleAt).toEqual([]);
  });
});

describe('the sensors of a commit', () => {
  it('are 20,000 at most, those that were silent longest forgotten, but for those of which a restart reads something again (issue 11)', () => {
    const progress = new PartitionProgress(fresh);
    const late = progress.arrived(0, 'open');
    for (let offset = 1; offset <= 30_000; offset++) {
      const name = `cam ${offset}`;
      const ack = progress.arrived(offset, name);
      progress.begun(window(offset, offset, offset + 1, name));
      progress.done(window(offset, offset, offset + 1, name));
      ack();
    }
    // The first packet is open: a restart reads all of them again, and must know that they are done.
    expect(progress.snapshot().sensors.length).toBe(30_000);
    late();
    const { position, sensors } = progress.snapshot();
    expect(sensors.length).toBe(20_000);
    expect(position).toBeGreaterThan(28_000);
    const restarted = new PartitionProgress({ position, sensors, rejected: [], late: [] });
    for (let offset = position; offset <= 30_000; offset++) {
      expect(restarted.isNeeded(offset, `cam ${offset}`) && !restarted.isDone(window(offset, offset, offset + 1, `cam ${offset}`))).toBe(
        false,
      );
    }
  });
});
