import { map } from 'rxjs';
import type { Gate, GateOptions } from './gate.ts';
import type { Item } from './item.ts';
import { report } from './report.ts';

/** A gate that is open. */
export function makeGate({ windows = 256, bytes = 256 * 2 ** 20 }: GateOptions = {}): Gate {
  let inside = 0;
  let held = 0;
  let waiting: (() => void)[] = [];
  const isShut = (): boolean => inside >= windows || held >= bytes;
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const publish = (): void => {
    Atomics.store(flag, 0, isShut() ? 1 : 0);
    report('gate', () => ({ windows: inside, bytes: held, shut: isShut() }));
  };

  const hold = (size: number): (() => void) => {
    inside++;
    held += size;
    publish();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside--;
      held -= size;
      publish();
      if (isShut()) return;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    };
  };

  const enter = <In extends Item>(item: In, size: number): In => {
    const leave = hold(size);
    let left = false;
    const ack = (): void => {
      if (left) return;
      left = true;
      leave();
      item.ack();
    };
    return { ...item, ack };
  };

  return {
    enter: (bytesOf = () => 0) => map((item) => enter(item, bytesOf(item))),
    hold,
    flag,
    get shut() {
      return isShut();
    },
    get inside() {
      return inside;
    },
    async opened() {
      while (isShut()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
