import { createRequire } from 'node:module';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { registerCodecs } from '../../../src/kafka/client/compression.ts';
import type { RawMessage } from '../../../src/kafka/client/decodeRecord.ts';
import { patchFetch } from '../../../src/kafka/client/patchFetch.ts';

registerCodecs();
patchFetch();
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => unknown;
/** What kafkajs calls for each partition of an answer. */
const decode = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (decoder: unknown) => Promise<RawMessage[]>;
const fetched = (...batches: Buffer[]): Promise<RawMessage[]> => {
  const bytes = Buffer.concat(batches);
  return decode(new Decoder(Buffer.concat([int32(bytes.length), bytes])));
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value < 0 ? -2 * value - 1 : 2 * value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 128);
  }
}
const sized = (bytes: Buffer): Buffer => Buffer.concat([varint(bytes.length), bytes]);
const record = (delta: number, value: Buffer, headers = varint(0)): Buffer =>
  sized(Buffer.concat([Buffer.of(0), varint(0), varint(delta), varint(-1), sized(value), headers]));

/** A batch as the protocol has it. @param codec 0: none, 4: Zstandard */
function batch(first: number, last: number, records: Buffer, codec = 0): Buffer {
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(first), 0);
  head.writeInt32BE(head.length - 12 + records.length, 8);
  head.writeInt8(2, 16);
  head.writeInt16BE(codec, 21);
  head.writeInt32BE(last - first, 23);
  head.writeBigInt64BE(-1n, 43);
  head.writeInt32BE(last - first + 1, 57);
  return Buffer.concat([head, records]);
}

const plain = (first: number): Buffer => batch(first, first + 1, Buffer.concat([record(0, Buffer.of(1)), record(1, Buffer.of(2))]));

describe('decodeMessages', () => {
  it('reads batches as kafkajs does, and leaves out one that is cut off', async () => {
    const messages = await fetched(plain(5), plain(9), plain(20).subarray(0, 70));
    expect(messages.map(({ offset, value }) => [offset, ...value!])).toEqual([
      ['5', 1],
      ['6', 2],
      ['9', 1],
      ['10', 2],
    ]);
  });

  it('has a message with the reason for each one of a batch that unpacks to too much, and reads on (issue 11)', async () => {
    const messages = await fetched(plain(5), batch(7, 9, zstdCompressSync(Buffer.alloc(2 ** 27)), 4), plain(10));
    expect(messages.map(({ offset }) => offset)).toEqual(['5', '6', '7', '8', '9', '10', '11']);
    expect(messages.filter(({ unreadable }) => unreadable !== undefined).map(({ offset, value }) => [offset, value])).toEqual([
      ['7', null],
      ['8', null],
      ['9', null],
    ]);
    expect(messages[2]!.unreadable).toMatch(/^the batch of offsets 7 to 9: \d+ bytes unpack to more than the 67108864/);
  });

  it.each([
    ['claims two thousand million headers', record(0, Buffer.of(1), varint(2 ** 30))],
    ['ends before its value', sized(Buffer.concat([Buffer.of(0, 0, 0), varint(-1), varint(1000)]))],
    ['is empty', varint(0)],
    ['is not there', Buffer.alloc(0)],
  ])('does the same where a record %s (issue 11)', async (_, records) => {
    const messages = await fetched(batch(3, 3, records), plain(4));
    expect(messages.map(({ offset, unreadable }) => [offset, unreadable === undefined])).toEqual([
      ['3', false],
      ['4', true],
      ['5', true],
    ]);
  });

  it('reads 300,000 headers of one record, the same name again and a name of Object too (issue 11)', async () => {
    const header = (name: string): Buffer => Buffer.concat([sized(Buffer.from(name)), sized(Buffer.from('v'))]);
    const many = Array.from({ length: 300_000 }, (_, i) => header(i < 3 ? ['a', 'a', '__proto__'][i]! : `h${i}`));
    const [message] = await fetched(batch(0, 0, record(0, Buffer.of(1), Buffer.concat([varint(many.length), ...many]))));
    const headers = message!.headers!;
    expect(Object.keys(headers)).toHaveLength(299_999);
    expect(headers['a']).toEqual([Buffer.from('v'), Buffer.from('v')]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });

  it('keeps batches that unpack to much for the next fetch (issue 11)', async () => {
    const large = (first: number): Buffer => batch(first, first, zstdCompressSync(record(0, Buffer.alloc(2 ** 25))), 4);
    const messages = await fetched(...Array.from({ length: 10 }, (_, i) => large(i)));
    expect(messages.map(({ offset }) => offset)).toEqual(['0', '1', '2']);
  });

  it.each([
    ['a length below 0', (bytes: Buffer) => bytes.writeInt32BE(-100, 8)],
    ['two thousand million messages', (bytes: Buffer) => bytes.writeInt32BE(2 ** 31 - 1, 23) && bytes.fill(0xff, 61)],
  ])('ends with one error at a batch of %s, which nobody can account for (issue 11)', async (_, damage) => {
    const bytes = plain(8);
    damage(bytes);
    await expect(fetched(bytes)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringContaining('offset 8') });
  });
});
