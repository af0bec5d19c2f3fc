import type kafkajs from 'kafkajs';
import type { OffsetRange } from './offsetRange.ts';
import { PartitionBuffer } from './partitionBuffer.ts';

/** Messages of an offset range that were fetched and not given out yet. */
export class RangeQueue {
  readonly partition: number;
  readonly #end: number;
  readonly #buffer: PartitionBuffer<kafkajs.KafkaMessage>;
  #next: number;
  #isRead = false;

  constructor({ partition, first, end }: OffsetRange, limitBytes: number, fetching: { pause: () => void; resume: () => void }) {
    this.partition = partition;
    this.#next = first;
    this.#end = end;
    this.#buffer = new PartitionBuffer({ limitBytes, bytesOf, ...fetching });
  }

  /** The next offset to fetch. */
  get next(): number {
    return this.#next;
  }

  /** Whether the range was fetched to its end. */
  get isRead(): boolean {
    return this.#isRead;
  }

  get oldest(): kafkajs.KafkaMessage | undefined {
    return this.#buffer.peek();
  }

  /** Adds the messages of a batch that belong to the range. */
  add(messages: readonly kafkajs.KafkaMessage[]): void {
    for (const message of messages) {
      const offset = Number(message.offset);
      if (offset < this.#next || offset >= this.#end) continue;
      this.#buffer.add(message);
      this.#next = offset + 1;
    }
    this.#buffer.pauseIfFull();
  }

  /** Everything up to this offset was fetched, with or without a message in it. */
  readTo(offset: number): void {
    if (offset + 1 < this.#end) return;
    this.#isRead = true;
    this.#buffer.stop();
  }

  take(): kafkajs.KafkaMessage | undefined {
    return this.#buffer.take();
  }
}

const bytesOf = ({ key, value }: kafkajs.KafkaMessage): number => (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + 64;

/**
 * The queue whose next message is the oldest by the topic's clock. Undefined at the end of all queues; `unknown` while an
 * empty queue may still get an older message.
 */
export function oldestOf(queues: Iterable<RangeQueue>): RangeQueue | 'unknown' | undefined {
  let oldest: RangeQueue | undefined;
  let oldestTime = Infinity;
  for (const queue of queues) {
    const message = queue.oldest;
    if (!message && !queue.isRead) return 'unknown';
    if (message && Number(message.timestamp) < oldestTime) {
      oldestTime = Number(message.timestamp);
      oldest = queue;
    }
  }
  return oldest;
}
