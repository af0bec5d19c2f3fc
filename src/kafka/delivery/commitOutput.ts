import { randomBytes } from 'node:crypto';
import { isFenced } from '../client/isFenced.ts';
import { retryUntil } from '../client/retryUntil.ts';
import type { OutMessage } from '../producer/sendMessages.ts';
import type { CommitId } from './commitMetadata.ts';
import type { CommittedProgress } from './committedProgress.ts';
import type { PartitionCommits } from './partitionCommits.ts';
import type { PartitionProducer } from './partitionProducer.ts';

/** `lost`: another instance has the partition. */
export type CommitOutcome = { readonly id: CommitId } | 'lost';

export interface CommitRequest {
  readonly progress: CommittedProgress;
  readonly messages: readonly OutMessage[];
  /** The commit before this one, as we know it. */
  readonly previousId: CommitId | undefined;
  readonly giveUpAfterMs: number;
}

/**
 * Writes messages and commits the progress that they lead to, under a new commit id.
 *
 * Where the outcome of an attempt is unknown, the partition is fenced, so that nothing changes any more, and the last
 * commit is read: with our id it succeeded, with the previous id it did not and is repeated, with any other id another
 * instance has the partition.
 */
export async function commitOutput(
  producer: PartitionProducer,
  commits: PartitionCommits,
  { progress, messages, previousId, giveUpAfterMs }: CommitRequest,
): Promise<CommitOutcome> {
  const id = randomBytes(6);
  const resultSoFar = async (): Promise<CommitResult> => resultOf((await commits.last())?.id, { id, previousId });
  let isResultKnown = true;

  const attempt = async (): Promise<CommitOutcome> => {
    if (!isResultKnown) {
      // Looked up before fencing as well: an owner that lost the partition must not fence the new one.
      if ((await resultSoFar()) === 'lost') return 'lost';
      await producer.fence();
      const result = await resultSoFar();
      if (result === 'lost') return 'lost';
      if (result === 'committed') return { id };
    }
    isResultKnown = false;
    const batch = await producer.begin();
    if (messages.length > 0) await batch.send(messages);
    await batch.commit(progress.position, await commits.metadataFor(progress, id, batch.send));
    return { id };
  };

  return retryUntil(async () => attempt().catch(lostIfFenced), giveUpAfterMs);
}

function lostIfFenced(error: unknown): 'lost' {
  if (isFenced(error)) return 'lost';
  throw error;
}

export type CommitResult = 'committed' | 'not committed' | 'lost';

/** What the id of the last commit says of a commit whose outcome is unknown. */
export function resultOf(
  found: CommitId | undefined,
  { id, previousId }: { id: CommitId; previousId: CommitId | undefined },
): CommitResult {
  if (isSameCommit(found, id)) return 'committed';
  return isSameCommit(found, previousId) ? 'not committed' : 'lost';
}

export const isSameCommit = (a: CommitId | undefined, b: CommitId | undefined): boolean => (a && b ? Buffer.from(a).equals(b) : a === b);
