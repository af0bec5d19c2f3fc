import { createRequire } from 'node:module';
import type kafkajs from 'kafkajs';
import { PipelineError } from '../../errors.ts';
import type { RawMessage } from './decodeRecord.ts';

/*
  kafkajs 2.2.4 leaves out aborted messages itself, and wrongly: it takes the broker's list of aborted transactions for
  sorted by their first offset, and begins at most one of them with each message. Where transactions of several producers
  overlap, it shows aborted messages, and hides committed ones. So its list is taken away when a fetch is decoded, and
  kept with the messages; `committedMessages` leaves out the messages that the list names.
*/

interface Aborted {
  readonly firstOffset: string;
  readonly producerId: string;
}

interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly { messages: RawMessage[]; abortedTransactions?: Aborted[] | null }[];
  }[];
}

const lists = new WeakMap<object, readonly Aborted[]>();
const ABORT = Buffer.from([0, 0, 0, 0]);
let isPatched = false;

/** Takes the list of aborted transactions out of each fetch response, before kafkajs sees it. */
export function patchAbortedLists(): void {
  if (isPatched) return;
  isPatched = true;
  const require = createRequire(import.meta.url);
  for (let version = 4; version <= 11; version++) {
    const response = require(`kafkajs/src/protocol/requests/fetch/v${version}/response`) as {
      decode: (data: unknown) => Promise<FetchResponse>;
    };
    const { decode } = response;
    response.decode = async (data) => {
      const decoded = await decode(data);
      for (const { partitions } of decoded.responses) {
        for (const partition of partitions) {
          if (!partition.abortedTransactions || partition.abortedTransactions.length === 0) continue;
          lists.set(partition.messages, partition.abortedTransactions);
          partition.abortedTransactions = [];
        }
      }
      return decoded;
    };
  }
}

/**
 * The messages of a batch that were committed. Throws INPUT_UNREADABLE where some of them could not be read, unless the caller
 * takes those as well, with the reason in `unreadable`.
 */
export function committedMessages(
  batch: kafkajs.Batch,
  { unreadable = 'throw' }: { readonly unreadable?: 'throw' | 'keep' } = {},
): readonly RawMessage[] {
  const { rawMessages, messages } = batch as kafkajs.Batch & { rawMessages: RawMessage[]; messages: RawMessage[] };
  const aborted = lists.get(rawMessages);
  const committed = aborted
    ? withoutAborted(rawMessages, aborted).filter(({ offset }) => BigInt(offset) >= BigInt(batch.firstOffset() ?? 0))
    : messages;
  const lost = unreadable === 'keep' ? undefined : committed.find((message) => message.unreadable !== undefined);
  if (lost) {
    const where = `${batch.topic}, partition ${batch.partition}, offset ${lost.offset}`;
    throw new PipelineError('INPUT_UNREADABLE', `${where}: ${lost.unreadable}; if it may be so large, raise unpackedBatchBytes`);
  }
  return committed;
}

/** Messages that are neither aborted nor markers. @param aborted in any order */
export function withoutAborted(messages: readonly RawMessage[], aborted: readonly Aborted[]): RawMessage[] {
  const left = aborted.toSorted((a, b) => (BigInt(a.firstOffset) < BigInt(b.firstOffset) ? -1 : 1));
  const aborting = new Set<string>();
  return messages.filter(({ offset, key, isControlRecord, batchContext }) => {
    while (left.length > 0 && BigInt(left[0]!.firstOffset) <= BigInt(offset)) aborting.add(left.shift()!.producerId);
    const producer = String(batchContext?.producerId);
    if (isControlRecord === true) {
      if (key && Buffer.from(key).equals(ABORT)) aborting.delete(producer);
      return false;
    }
    return !(batchContext?.inTransaction === true && aborting.has(producer));
  });
}
