import type { OperatorFunction } from 'rxjs';
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
