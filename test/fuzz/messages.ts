import { from, lastValueFrom, toArray } from 'rxjs';
import { singleObjectPrefix } from '../../src/avro/wireFormat.ts';
import { type PacketDecoder, type PacketFields, type PacketMessage, packetDecoder } from '../../src/consume/kafka/packetDecoder.ts';
import { decode } from '../../src/decode/decode.ts';
import { codeOf, messageOf } from '../../src/errors.ts';
import type { Packet } from '../../src/stage/packet.ts';
import type { Evidence } from '../../src/stage/reject.ts';
import { type AvroPacket, avroPacket } from './avroPacket.ts';
import { type Random, mutate } from './mutate.ts';

/** Messages of one case, some of them damaged. */
const MESSAGES = 8;
const EVENTS = 10;
const RECORD_BYTES = 16;

/** A message, and whether nothing was done to it. */
export interface Sent {
  readonly message: PacketMessage;
  readonly isWhole: boolean;
}

type Wire = (typeof wires)[number];
export const wires = ['raw', 'plain', 'single-object'] as const;

/** Messages of one sensor, a third of them damaged. */
export const someMessages = (wire: Wire, random: Random): Sent[] =>
  Array.from({ length: MESSAGES }, (_, i): Sent => (random(3) === 0 ? damaged(wire, i, random) : whole(wire, i)));

/** What is wrong with how damaged messages of a wire format are met, and what they were; undefined where nothing is. */
export async function messageViolation(wire: Wire, random: Random): Promise<string | undefined> {
  const sent = someMessages(wire, random);
  const read = packetDecoder({ wire, raw: { encoding: 'event_cd', width: 64, height: 48 } });
  try {
    return await judge(sent, read);
  } catch (error) {
    return `throws ${error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 3).join(' ') : String(error)}`;
  }
}

/** Every message is one batch or one dead letter with its bytes, and those that are whole have all their events. */
async function judge(sent: readonly Sent[], read: PacketDecoder): Promise<string | undefined> {
  const packets: Packet[] = [];
  for (const [first, { message }] of sent.entries()) {
    const fields = await read(message);
    const odd = oddField(fields);
    if (odd !== undefined) return odd;
    packets.push({ ...fields, position: { source: 't', unit: 'offset', partition: 0, first, end: first + 1 }, ack: () => {} });
  }
  const letters = new Map<number, Evidence>();
  let unclear: string | undefined;
  const reject = async (_stage: string, { position }: Pick<Packet, 'position'>, cause: unknown, evidence: Evidence): Promise<void> => {
    letters.set(position.first, evidence);
    if (codeOf(cause) !== 'DECODE_MALFORMED') unclear ??= `rejects with ${codeOf(cause)}: ${messageOf(cause)}`;
    if (messageOf(cause).length > 1000 || /\p{Cc}/u.test(messageOf(cause))) unclear ??= 'has a message that no person can read';
  };
  const batches = await lastValueFrom(from(packets).pipe(decode({ reject }), toArray()));
  if (unclear !== undefined) return unclear;
  if (batches.length + letters.size !== sent.length) return `makes ${batches.length} batches and ${letters.size} letters of ${sent.length}`;
  // A stream may be cut anywhere: after a packet that ends within a record, the rest of it is looked for in the next one.
  const cutAt = packets.findIndex(({ fault, bytes }) => fault === undefined && bytes.length % RECORD_BYTES !== 0);
  const isClear = (first: number): boolean => sent[first]!.isWhole && (cutAt < 0 || first < cutAt);
  for (const [first, { message }] of sent.entries()) {
    const letter = letters.get(first);
    if (isClear(first) && letter) return `loses message ${first}, which is whole`;
    if (packets[first]!.fault !== undefined && !Buffer.from(letter?.payload ?? []).equals(message.value ?? Buffer.alloc(0)))
      return `has other bytes in the letter than message ${first}`;
  }
  const events = batches
    .filter(({ position }) => isClear(position.first))
    .map(({ events: { length, t }, position }) => [position.first, length, t[0]]);
  const odd = events.find(([first, length, t]) => length !== EVENTS || t !== timeOf(first!));
  return odd && `reads ${odd[1]} events from ${odd[2]} µs on in message ${odd[0]}, which is whole`;
}

function oddField({ sensor, seq, encoding, width, height, timeBaseNs, capturedAtUs, bytes }: PacketFields): string | undefined {
  const odd = Object.entries({ seq, width, height, capturedAtUs }).find(([, value]) => !Number.isSafeInteger(value) || value < 0);
  if (odd) return `has the ${odd[0]} ${odd[1]}`;
  if (typeof timeBaseNs !== 'bigint' || timeBaseNs < 0n) return `has the time base ${String(timeBaseNs)}`;
  if (sensor === '' || sensor.length > 256) return `has a sensor name of ${sensor.length} characters`;
  return typeof encoding === 'string' && bytes instanceof Uint8Array ? undefined : 'has no bytes or no encoding';
}

const timeOf = (i: number): number => 1_764_000_000_000_000 + i * 10_000;

/** Records of 16 bytes: x, y, polarity, time. */
function eventsOf(i: number): Buffer {
  const records = Buffer.alloc(RECORD_BYTES * EVENTS);
  for (let k = 0; k < EVENTS; k++) {
    records.writeUInt16LE(k, 16 * k);
    records.writeBigInt64LE(BigInt(timeOf(i) + k), 16 * k + 8);
  }
  return records;
}

const fieldsOf = (i: number): AvroPacket => ({
  sensor: Buffer.from('cam'),
  seq: BigInt(i),
  encoding: Buffer.from('event_cd'),
  width: 64n,
  height: 48n,
  timeBaseNs: 0n,
  capturedAtUs: null,
  events: eventsOf(i),
});

const prefixOf = (wire: Wire): Buffer => (wire === 'single-object' ? singleObjectPrefix('event-packet') : Buffer.alloc(0));
const messageOfFields = (wire: Wire, i: number, fields: AvroPacket): PacketMessage => ({
  key: Buffer.from('cam'),
  value: Buffer.concat([prefixOf(wire), avroPacket(fields)]),
  offset: String(i),
});

function whole(wire: Wire, i: number): Sent {
  const message =
    wire === 'raw'
      ? { key: Buffer.from('cam'), value: eventsOf(i), headers: rawHeaders(i), offset: String(i) }
      : messageOfFields(wire, i, fieldsOf(i));
  return { message, isWhole: true };
}

const rawHeaders = (i: number): Record<string, Buffer> => ({
  seq: Buffer.from(String(i)),
  width: Buffer.from('64'),
  'time-base-ns': Buffer.from('0'),
});

const TEXTS = [
  '',
  ' ',
  '1.5',
  '-5',
  '1e300',
  ' 12',
  '12\0',
  '0x10',
  'NaN',
  '٣',
  '9'.repeat(19),
  '9'.repeat(400),
  '65535',
  '100000000',
  '1',
  '0',
  '\n',
  '\u202E1',
];
const NUMBERS = [
  0n,
  1n,
  -1n,
  63n,
  64n,
  65_535n,
  65_536n,
  100_000_000n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 52n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 63n,
  2n ** 69n,
  2n ** 400n,
];
const HEADERS = ['encoding', 'width', 'height', 'seq', 'time-base-ns', 'captured-at-us', '__proto__', 'other'];

const oneOf = <Value>(values: readonly Value[], random: Random): Value => values[random(values.length)]!;
const textBytes = (random: Random): Buffer =>
  random(4) === 0 ? Buffer.from(Uint8Array.from({ length: random(300) }, () => random(256))) : Buffer.from(oneOf(TEXTS, random));

function damaged(wire: Wire, i: number, random: Random): Sent {
  const { message } = whole(wire, i);
  const kind = random(4);
  if (kind === 0)
    return {
      isWhole: false,
      message: { ...message, key: random(3) === 0 ? null : random(9) === 0 ? Buffer.alloc(2 ** 20, 0x61) : textBytes(random) },
    };
  if (kind === 1)
    return {
      isWhole: false,
      message: { ...message, value: random(4) === 0 ? null : Buffer.from(mutate(message.value!, random, eventsOf(i))) },
    };
  if (wire !== 'raw') return { isWhole: false, message: messageOfFields(wire, i, oddFields(i, random)) };
  const headers = Object.fromEntries(
    Array.from({ length: 1 + random(3) }, () => {
      const values = [textBytes(random), textBytes(random)];
      return [oneOf(HEADERS, random), random(5) === 0 ? null : random(4) === 0 ? values : values[0]!] as const;
    }),
  );
  return { isWhole: false, message: { ...message, headers: { ...message.headers, ...headers } } };
}

function oddFields(i: number, random: Random): AvroPacket {
  const fields = { ...fieldsOf(i) } as Record<string, unknown>;
  for (let left = 1 + random(3); left > 0; left--) {
    const name = oneOf(Object.keys(fields), random);
    fields[name] = ['sensor', 'encoding', 'events'].includes(name) ? textBytes(random) : oneOf(NUMBERS, random);
  }
  return fields as unknown as AvroPacket;
}
