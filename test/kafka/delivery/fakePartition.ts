import { randomBytes } from 'node:crypto';
import { type CommittedProgress, nothingDone } from '../../../src/kafka/delivery/committedProgress.ts';
import type { GroupCommit, PartitionCommits } from '../../../src/kafka/delivery/partitionCommits.ts';
import type { PartitionProducer } from '../../../src/kafka/delivery/partitionProducer.ts';

/** Where an attempt to commit fails. */
export type Fault = 'before commit' | 'after commit' | 'fenced' | 'too large';

export interface FakePartition {
  readonly producer: PartitionProducer;
  readonly commits: PartitionCommits;
  /** Values of the committed messages. */
  readonly written: readonly string[];
  readonly fences: number;
  readonly attempts: number;
  readonly isClosed: boolean;
  last(): GroupCommit | undefined;
  /** The next attempts fail, in this order. */
  failNext(...faults: Fault[]): void;
  /** Another instance commits. */
  commitOfAnother(): void;
}

/** A broker with transactions, as far as the committer of one partition sees it. */
export function fakePartition(): FakePartition {
  const written: string[] = [];
  const faults: Fault[] = [];
  const state = { fences: 0, attempts: 0, isClosed: false };
  let last: GroupCommit | undefined;
  let next: GroupCommit | undefined;

  const producer: PartitionProducer = {
    fence: async () => void state.fences++,
    async begin() {
      state.attempts++;
      const fault = faults.shift();
      if (fault === 'fenced') throw Object.assign(new Error(fault), { type: 'PRODUCER_FENCED' });
      if (fault === 'too large') throw Object.assign(new Error(fault), { type: 'MESSAGE_TOO_LARGE' });
      let sent: string[] = [];
      return {
        send: async (messages) => {
          sent = messages.map(({ value }) => String(value));
          return 0;
        },
        async commit() {
          if (fault === 'before commit') throw new Error(fault);
          written.push(...sent);
          last = next;
          if (fault === 'after commit') throw new Error(fault);
        },
      };
    },
    close: async () => void (state.isClosed = true),
  };
  return {
    producer,
    commits: {
      last: async () => last,
      async metadataFor(progress: CommittedProgress, id) {
        next = { progress, id };
        return '';
      },
    },
    written,
    get fences() {
      return state.fences;
    },
    get attempts() {
      return state.attempts;
    },
    get isClosed() {
      return state.isClosed;
    },
    last: () => last,
    failNext: (...more) => void faults.push(...more),
    commitOfAnother: () => void (last = { progress: nothingDone(0), id: randomBytes(6) }),
  };
}
