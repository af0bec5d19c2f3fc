import type kafkajs from 'kafkajs';

/** kafkajs's reader of bytes, as far as it is used here. */
export interface KafkajsDecoder {
  readonly buffer: Buffer;
  offset: number;
  readInt8(): number;
  readInt32(): number;
  readVarInt(): number;
  readVarLong(): { toString(): string };
  readVarIntBytes(): Buffer | null;
  readBytes(length: number): Buffer;
  canReadBytes(length: number): boolean;
}

/** What kafkajs knows of the batch that a record is in. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp?: string;
  readonly timestampType?: number;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
  readonly producerId?: string;
  readonly inTransaction?: boolean;
}

/** A message as kafkajs decodes it. */
export type RawMessage = kafkajs.KafkaMessage & {
  readonly isControlRecord?: boolean;
  readonly batchContext?: BatchContext;
  /** Why the batch of this message could not be read: it stands for a message that is lost. */
  readonly unreadable?: string;
};

const LOG_APPEND_TIME = 1;
type Header = Buffer | (Buffer | null)[] | null;

/**
 * A record of a batch. kafkajs's own reader copies all headers for each further one, and makes as many of them as the record
 * claims: this one is linear, and throws RangeError where the record ends before what it claims.
 */
export function decodeRecord(decoder: KafkajsDecoder, batchContext: BatchContext): RawMessage {
  const attributes = decoder.readInt8();
  const timestampDelta = decoder.readVarLong().toString();
  const offsetDelta = decoder.readVarInt();
  const key = decoder.readVarIntBytes();
  const value = decoder.readVarIntBytes();
  const headers = readHeaders(decoder);
  if (decoder.offset > decoder.buffer.length) throw new RangeError('a record ends before its fields do');
  const { firstOffset, firstTimestamp, maxTimestamp, timestampType, magicByte, isControlBatch = false } = batchContext;
  const timestamp =
    timestampType === LOG_APPEND_TIME && maxTimestamp ? maxTimestamp : String(BigInt(firstTimestamp) + BigInt(timestampDelta));
  const offset = String(BigInt(firstOffset) + BigInt(offsetDelta));
  const message = { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord: isControlBatch, batchContext };
  return message as unknown as RawMessage;
}

function readHeaders(decoder: KafkajsDecoder): Record<string, Header> {
  const count = decoder.readVarInt();
  // Each has two lengths at least.
  if (2 * count > decoder.buffer.length - decoder.offset) throw new RangeError(`a record that claims ${count} headers`);
  const headers = new Map<string, Header>();
  for (let i = 0; i < count; i++) {
    const key = decoder.readVarIntBytes()?.toString() ?? 'null';
    const value = decoder.readVarIntBytes();
    const before = headers.get(key);
    if (before === undefined) headers.set(key, value);
    else if (Array.isArray(before)) before.push(value);
    else headers.set(key, [before, value]);
  }
  return Object.fromEntries(headers);
}
