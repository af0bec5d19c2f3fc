import type kafkajs from 'kafkajs';
import type { OutMessage } from '../producer/sendMessages.ts';
import { type CommitId, inlineMetadata, pointerMetadata, readMetadata } from './commitMetadata.ts';
import { decodeProgress, encodeProgress } from './encodeProgress.ts';
import { type CommittedProgress, nothingDone } from './committedProgress.ts';
import type { InputPartition } from './partitionProducer.ts';
import { ensureProgressTopic, progressRecord, readProgressRecord } from './progressTopic.ts';

/** A commit of the group; without an id, another program wrote it. */
export interface GroupCommit {
  readonly progress: CommittedProgress;
  readonly id: CommitId | undefined;
}

/** The commits of a group for one partition. */
export interface PartitionCommits {
  /** The last one; undefined where there is none. */
  last(): Promise<GroupCommit | undefined>;
  /** The metadata of the next one. Progress that is too long for it is sent to the progress topic. */
  metadataFor(progress: CommittedProgress, id: CommitId, send: (messages: readonly OutMessage[]) => Promise<number>): Promise<string>;
}

export interface BrokerConnection {
  readonly kafka: kafkajs.Kafka;
  readonly admin: kafkajs.Admin;
}

/** @param metadataLimit longest metadata that the broker takes, in characters */
export function partitionCommits(
  input: InputPartition,
  connection: () => Promise<BrokerConnection>,
  metadataLimit: number,
): PartitionCommits {
  const { groupId, topic, partition } = input;
  return {
    async last() {
      const { kafka, admin } = await connection();
      const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const found = answer?.partitions.find((entry) => entry.partition === partition);
      if (!found || found.offset === '-1') return undefined;
      const position = Number(found.offset);
      if (!found.metadata) return { progress: nothingDone(position), id: undefined };
      const metadata = readMetadata(found.metadata, position);
      const progress =
        'progress' in metadata
          ? metadata.progress
          : decodeProgress(await readProgressRecord(kafka, groupId, metadata.progressAt), position);
      const { id, topicId } = metadata;
      return { progress: { position, ...progress, ...(topicId && { topicId }) }, id };
    },
    async metadataFor(progress, id, send) {
      const inline = inlineMetadata(progress, id, metadataLimit);
      if (inline !== undefined) return inline;
      const { admin } = await connection();
      await ensureProgressTopic(admin, groupId);
      return pointerMetadata(await send([progressRecord(input, encodeProgress(progress))]), id, progress.topicId);
    },
  };
}
