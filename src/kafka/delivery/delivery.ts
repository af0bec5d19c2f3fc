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
   * @param now the topic as it is; without it every commit is taken to be of this topic
   */
  take(topic: string, partition: number, firstOffset: () => Promise<number>, now?: TopicNow): Promise<Assignment>;
  /** Gives up a partition: its messages that were not sent yet are dropped. */
  release(topic: string, partition: number): void;
  attach(reader: DeliveryReader): void;
  /** Commits what is done, and ends the connections. */
  close(): Promise<void>;
}

/** A topic as it is now: the group's commits may be of one of the same name that was deleted. */
export interface TopicNow {
  /** Undefined where the brokers have no ids. */
  readonly id: string | undefined;
  /** Where to begin instead when what was done is of another topic; undefined where it is of this one. Rejects where the run must stop. */
  restartAt(done: DonePlace): Promise<number | undefined>;
}

/** How far a group had come, and in which topic. */
export interface DonePlace {
  readonly position: number;
  readonly topicId?: string | undefined;
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
