import type { OutMessage } from '../producer/sendMessages.ts';

/** A partition that a consumer group reads. */
export interface InputPartition {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

/** Writes what came from one input partition, and commits the position in that partition. */
export interface PartitionProducer {
  /** After this no other instance can commit for the partition until it has fenced as well; an unfinished batch is undone. */
  fence(): Promise<void>;
  begin(): Promise<OutputBatch>;
  close(): Promise<void>;
}

/** What is written together: first messages, then the commit of the input. */
export interface OutputBatch {
  /** Resolves with the offset of the first message when the broker has them. */
  readonly send: (messages: readonly OutMessage[]) => Promise<number>;
  /** Resolves when the commit is safe, and everything that was sent before it. */
  commit(offset: number, metadata: string): Promise<void>;
}
