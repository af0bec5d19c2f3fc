import { PipelineError, messageOf } from '../../errors.ts';
import type { BatchContext, KafkajsDecoder, RawMessage } from './decodeRecord.ts';

/** What kafkajs decodes, by its own functions. */
export interface KafkajsDecoders {
  readonly makeDecoder: (bytes: Buffer) => KafkajsDecoder;
  readonly decodeBatch: (decoder: KafkajsDecoder) => Promise<{ readonly records: readonly RawMessage[] }>;
  readonly decodeOldMessages: (decoder: KafkajsDecoder, bytes: number) => Promise<RawMessage[]>;
}

const MAGIC_OFFSET = 16;
const BATCH_MAGIC = 2;
const BATCH_HEADER_BYTES = 61;
const SHORTEST_BATCH = 49;
/** A batch that claims to have had more messages than this cannot be accounted for one by one. */
const MOST_UNREADABLE = 50_000;
/** Further batches of an answer wait for the next fetch. */
const UNPACKED_PER_ANSWER = 2 ** 26;

const unpackedOf = new WeakMap<ArrayBufferLike, number>();

/**
 * The messages in the answer to a fetch. One batch that is damaged, or unpacks to more than it may, would make kafkajs fetch it
 * again and again: instead a message that tells why stands for each of its messages. Batches that are small and unpack to
 * much are not all unpacked at once: those that are left are fetched again.
 */
export async function decodeMessages(decoder: KafkajsDecoder, kafkajs: KafkajsDecoders): Promise<RawMessage[]> {
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return [];
  const bytes = decoder.readBytes(size);
  const batches = kafkajs.makeDecoder(bytes);
  if (bytes[MAGIC_OFFSET] !== BATCH_MAGIC) return kafkajs.decodeOldMessages(batches, size);
  const messages: RawMessage[] = [];
  while (batches.canReadBytes(SHORTEST_BATCH)) {
    const unpacked = unpackedOf.get(bytes.buffer) ?? 0;
    if (messages.length > 0 && unpacked > UNPACKED_PER_ANSWER) break;
    const start = batches.offset;
    const end = start + 12 + bytes.readInt32BE(start + 8);
    // The last one may be cut off by the limit of the fetch.
    if (end > bytes.length) break;
    if (end < start + SHORTEST_BATCH) throw broken(bytes.subarray(start), new RangeError(`a length of ${end - start} bytes`));
    const records = await kafkajs.decodeBatch(batches).then(
      ({ records: found }) => found,
      (cause: unknown) => unreadable(bytes.subarray(start, end), cause),
    );
    batches.offset = end;
    for (const record of records) messages.push(record);
    unpackedOf.set(bytes.buffer, unpacked + unpackedBytes(records));
  }
  return messages;
}

const unpackedBytes = (records: readonly RawMessage[]): number =>
  records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);

const broken = (batch: Buffer, cause: unknown): PipelineError =>
  new PipelineError('INPUT_UNREADABLE', `a batch at offset ${batch.readBigInt64BE(0)} cannot be read: ${messageOf(cause)}`, { cause });

/** A message for each that the batch says it has. Throws INPUT_UNREADABLE where that is not to be believed either. */
function unreadable(batch: Buffer, cause: unknown): RawMessage[] {
  if (batch.length < BATCH_HEADER_BYTES) throw broken(batch, cause);
  const first = batch.readBigInt64BE(0);
  const attributes = batch.readInt16BE(21);
  const lastDelta = batch.readInt32BE(23);
  if (lastDelta < 0 || lastDelta >= MOST_UNREADABLE) throw broken(batch, cause);
  const timestamp = String(batch.readBigInt64BE(27));
  const batchContext: BatchContext = {
    firstOffset: String(first),
    firstTimestamp: timestamp,
    producerId: String(batch.readBigInt64BE(43)),
    inTransaction: (attributes & 0x10) > 0,
  };
  const why = `the batch of offsets ${first} to ${first + BigInt(lastDelta)}: ${messageOf(cause)}`;
  return Array.from({ length: lastDelta + 1 }, (_, delta) => {
    const offset = String(first + BigInt(delta));
    const message = { attributes: 0, timestamp, offset, key: null, value: null, headers: {}, isControlRecord: false, batchContext };
    return { ...message, unreadable: why };
  });
}
