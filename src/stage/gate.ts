import { type OperatorFunction, map } from 'rxjs';
import { report } from './report.ts';
import type { Item } from './item.ts';

export interface GateOptions {
  /** Windows on their way to a record. @default 256 */
  windows?: number;
  /** Bytes that these windows hold. @default 256 MiB */
  bytes?: number;
}

/**
 * The only brake of the pipeline. RxJS pushes and queues without bound, so the gate counts what is on its
 * way to a record, in windows and in bytes, and no packet is pulled while there is too much. Packets of a
 * window that is still open do not count: a long window cannot shut the gate on itself.
 *
 * Dead letters count while they are being written. Bound: at most `windows` plus what one packet makes are inside at once.
 */
export interface Gate {
  /** Passes items on as they come, and counts each from here to its ack, with the bytes that it holds. @default 0 bytes */
  enter<In extends Item>(bytesOf?: (item: In) => number): OperatorFunction<In, In>;
  /** Counts something of this size as inside until the returned function is called: what waits for a slow disk is on its way too. */
  hold(bytes: number): () => void;
  /** Whether a packet may be pulled now. */
  readonly shut: boolean;
  /** The same for other threads: 1 while it is shut. */
  readonly flag: Int32Array<SharedArrayBuffer>;
  /** Resolves when the gate is open. */
  opened(): Promise<void>;
  /** Windows inside. */
  readonly inside: number;
}

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
