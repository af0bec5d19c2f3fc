import type { Reach } from '../../stage/reach.ts';
import type { Position } from '../../stage/item.ts';
import type { Lifetime } from '../../stage/lifetime.ts';
import type { OutMessage } from '../producer/sendMessages.ts';
import type { DoneWindow } from './committedProgress.ts';
import type { PartitionProgress } from './partitionProgress.ts';

/** What a message completes: a window, a packet that was rejected as a whole, or the late events of a packet. */
export type Completion = DoneWindow | { readonly packet: number } | { readonly late: number };

/** What a source needs to read a partition that the group assigned to it. */
export interface Assignment {
  readonly progress: PartitionProgress;
  /** Counts how often this instance began the partition from its commit; part of every position. */
  readonly epoch: number;
  /** Ends when the partition is no longer ours. */
  readonly lifetime: Lifetime;
}

/**
 * Ties the outputs of a pipeline to the commits of its input. A source and its sinks share one; see `exactlyOnce` and
 * `atLeastOnce`.
 */
export interface Delivery {
  readonly groupId: string;
  readonly guarantee: 'exactly-once' | 'at-least-once';
  /** Where it connects to, as its options have it. */
  readonly reaches?: readonly Reach[];
  /**
   * Resolves when the message is safe and what it completes will not be done again; or when its partition has moved to
   * another instance, which will write it. Rejects with SINK_FAILED.
   */
  write(message: OutMessage, completion: Completion, from: Position): Promise<void>;
  /**
   * Takes a partition that the group assigned: fences the previous owner, then reads what it committed.
   *
   * @param firstOffset where a group begins that has committed nothing
   */
  take(topic: string, partition: number, firstOffset: () => Promise<number>): Promise<Assignment>;
  /** Gives up a partition: its messages that were not sent yet are dropped. */
  release(topic: string, partition: number): void;
  attach(reader: DeliveryReader): void;
  /** Commits what is done, and ends the connections. */
  close(): Promise<void>;
}

/** The consumer that reads for a delivery. */
export interface DeliveryReader {
  /** Another instance wrote for a partition that we hold. */
  lost(topic: string, partition: number): void;
  failed(error: Error): void;
  /** Commits outside of a transaction. */
  commit(topic: string, partition: number, offset: number, metadata: string): Promise<void>;
  leave(): Promise<void>;
}
