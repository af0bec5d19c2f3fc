import { PipelineError, messageOf } from '../../errors.ts';
import type { OutMessage } from '../producer/sendMessages.ts';
import type { CommitId } from './commitMetadata.ts';
import { encodeProgress } from './encodeProgress.ts';
import { commitOutput, isSameCommit } from './commitOutput.ts';
import { type CommittedProgress, nothingDone } from './committedProgress.ts';
import type { Assignment, Completion, TopicNow } from './delivery.ts';
import type { PartitionCommits } from './partitionCommits.ts';
import type { InputPartition, PartitionProducer } from './partitionProducer.ts';
import { PartitionProgress } from './partitionProgress.ts';
import { lifetime } from '../../stage/lifetime.ts';

export interface PartitionCommitterParts {
  readonly input: InputPartition;
  readonly producer: PartitionProducer;
  readonly commits: PartitionCommits;
  /** How long messages wait for others to be sent with, in milliseconds. */
  readonly lingerMs: number;
  /** How long a batch is tried, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** Called when another instance has taken the partition. */
  readonly onLost: () => void;
  /** Called when a batch could not be written: the delivery cannot go on. */
  readonly onFailed: (error: PipelineError) => void;
}

/** A message that waits to be written. */
interface Pending {
  readonly message: OutMessage;
  readonly completion: Completion;
  /** Settles the write. */
  readonly settle: (error?: Error) => void;
}

/** Messages in one batch. */
const BATCH = 2000;

/**
 * Writes what came from one input partition, in batches that each carry the commit of the progress that they lead to.
 *
 * Taking the partition, batches and closing run one at a time, in the order in which they were asked for.
 */
export class PartitionCommitter {
  readonly #parts: PartitionCommitterParts;
  #progress = new PartitionProgress(nothingDone(0));
  /** Of the topic that the progress is of. */
  #topicId: string | undefined;
  /** 0: never taken. */
  #epoch = 0;
  #lifetime = lifetime();
  #isOurs = false;
  #outbox: Pending[] = [];
  /** The last commit that we know of. */
  #commitId: CommitId | undefined;
  /** What it said; to tell whether there is something new to commit. */
  #committed = '';
  #lastInTurn: Promise<unknown> = Promise.resolve();
  #isBatchScheduled = false;
  #isClosing = false;
  #hasFailed = false;

  constructor(parts: PartitionCommitterParts) {
    this.#parts = parts;
  }

  /**
   * Takes the partition, and goes on from our own last commit where no other instance committed after it.
   *
   * @param firstOffset where a group begins that has committed nothing
   * @param nextEpoch the epoch of a partition that is read from its commit
   * @param now the topic as it is, which what was done may not be of
   */
  take(firstOffset: () => Promise<number>, nextEpoch: () => number, now?: TopicNow): Promise<Assignment> {
    return this.#inTurn(async () => {
      // A connection that is made now would stay open, and keep the process from ending.
      if (this.#isClosing) throw new Error('the delivery is closed');
      await this.#parts.producer.fence();
      const last = await this.#parts.commits.last();
      const goesOn = this.#isOurs && isSameCommit(last?.id, this.#commitId);
      const done = goesOn ? { position: this.#progress.next, topicId: this.#topicId } : last?.progress;
      const restartAt = done && (await now?.restartAt(done));
      if (!goesOn || restartAt !== undefined) {
        this.release();
        const known = restartAt === undefined ? last?.progress : nothingDone(restartAt);
        this.#progress = new PartitionProgress(known ?? nothingDone(await firstOffset()));
        this.#epoch = nextEpoch();
        this.#lifetime = lifetime();
        this.#commitId = last?.id;
        this.#committed = '';
        this.#isOurs = true;
      }
      this.#topicId = now?.id;
      return { progress: this.#progress, epoch: this.#epoch, lifetime: this.#lifetime };
    });
  }

  /** Resolves when the message is safe, or when it belongs to an epoch that is over. */
  async write(message: OutMessage, completion: Completion, epoch: number): Promise<void> {
    if (!this.#isOurs || this.#epoch !== epoch) return;
    await new Promise<void>((resolve, reject) => {
      this.#outbox.push({ message, completion, settle: (error) => (error ? reject(error) : resolve()) });
      this.#scheduleBatch(this.#outbox.length >= BATCH ? 0 : this.#parts.lingerMs);
    });
  }

  /** Commits the progress soon, also where no message waits. */
  commitSoon(): void {
    if (this.#isOurs) this.#scheduleBatch(0);
  }

  /** Gives up the partition: messages that wait are dropped, as another instance will write them. */
  release(): void {
    this.#isOurs = false;
    this.#lifetime.end();
    for (const { settle } of this.#outbox.splice(0)) settle();
  }

  /** Closes the producer, unless the partition has been taken again in the meantime. */
  async closeIfReleased(): Promise<void> {
    await this.#inTurn(async () => {
      if (!this.#isOurs) await this.#parts.producer.close();
    });
  }

  /** Ends the committer: rejects the messages that wait, and commits nothing more. */
  fail(error: Error): void {
    this.#hasFailed = true;
    for (const { settle } of this.#outbox.splice(0)) settle(error);
  }

  /** Writes what waits and commits the progress, for the last time. */
  async drain(): Promise<void> {
    this.#isClosing = true;
    await this.#inTurn(async () => {
      do await this.#writeBatch();
      while (this.#isOurs && this.#outbox.length > 0);
    });
  }

  async close(): Promise<void> {
    this.release();
    await this.#inTurn(async () => this.#parts.producer.close());
  }

  #inTurn<Out>(work: () => Promise<Out>): Promise<Out> {
    const done = this.#lastInTurn.then(work);
    this.#lastInTurn = done.catch(() => {});
    return done;
  }

  #scheduleBatch(delayMs: number): void {
    if (this.#isBatchScheduled) return;
    this.#isBatchScheduled = true;
    setTimeout(() => {
      this.#inTurn(async () => {
        this.#isBatchScheduled = false;
        await this.#writeBatch();
        if (this.#outbox.length > 0) this.#scheduleBatch(0);
      }).catch((cause: unknown) => this.#parts.onFailed(this.#failure(cause)));
    }, delayMs);
  }

  /** Sends the messages that wait, together with the progress that they lead to. */
  async #writeBatch(): Promise<void> {
    // After a failure the progress counts windows as done that were not written.
    if (!this.#isOurs || this.#hasFailed) return;
    const batch = this.#outbox.splice(0, BATCH);
    try {
      // No turn of the event loop until the snapshot: it must say exactly what these messages complete.
      const news = batch.filter(({ completion }) => complete(this.#progress, completion));
      await this.#commit(
        news.map(({ message }) => message),
        { ...this.#progress.snapshot(), ...(this.#topicId && { topicId: this.#topicId }) },
      );
      for (const { settle } of batch) settle();
    } catch (cause) {
      const failure = this.#failure(cause);
      this.fail(failure);
      for (const { settle } of batch) settle(failure);
      this.#parts.onFailed(failure);
    }
  }

  async #commit(messages: readonly OutMessage[], progress: CommittedProgress): Promise<void> {
    const { producer, commits, giveUpAfterMs, onLost } = this.#parts;
    const committed = `${progress.topicId} ${progress.position} ${encodeProgress(progress).toString('base64')}`;
    if (messages.length === 0 && committed === this.#committed) return;
    const outcome = await commitOutput(producer, commits, { progress, messages, previousId: this.#commitId, giveUpAfterMs });
    if (outcome === 'lost') {
      this.release();
      onLost();
      return;
    }
    this.#commitId = outcome.id;
    this.#committed = committed;
  }

  #failure(cause: unknown): PipelineError {
    if (cause instanceof PipelineError) return cause;
    const { topic, partition } = this.#parts.input;
    const text = `what came from ${topic}/${partition} could not be written: ${messageOf(cause)}`;
    return new PipelineError('SINK_FAILED', text, { cause, retryable: true });
  }
}

/** Records that something is done. Returns false where it was done before. */
export function complete(progress: PartitionProgress, completion: Completion): boolean {
  if ('packet' in completion) {
    if (progress.isRejected(completion.packet)) return false;
    progress.rejected(completion.packet);
    return true;
  }
  if ('late' in completion) {
    if (progress.isLateRejected(completion.late)) return false;
    progress.lateRejected(completion.late);
    return true;
  }
  if (progress.isDone(completion)) return false;
  progress.done(completion);
  return true;
}
