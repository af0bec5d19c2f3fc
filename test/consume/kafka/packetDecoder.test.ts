import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compactSchema } from '../../../src/avro/schemaText.ts';
import { encoder, singleObjectPrefix } from '../../../src/avro/wireFormat.ts';
import { type PacketMessage, packetDecoder } from '../../../src/consume/kafka/packetDecoder.ts';
import { packetEncoder } from '../../../src/consume/kafka/packetEncoder.ts';
import { countedItem } from '../../stage/items.ts';

const bytes = Buffer.from([1, 2, 3, 4]);
const message = (more: Partial<PacketMessage> = {}): PacketMessage => ({ key: Buffer.from('cam'), value: bytes, offset: '7', ...more });
const raw = packetDecoder({ wire: 'raw', raw: { encoding: 'evt3', width: 640, height: 480 } });
const packet = { sensor: 'cam', seq: 7, encoding: 'evt3', width: 640, height: 480, timeBaseNs: 0n, capturedAtUs: 0, bytes };

describe('a raw message', () => {
  it('has the values of the options, and the offset as its number, where headers are absent or null', () => {
    expect(raw(message())).toEqual(packet);
    expect(raw(message({ headers: { width: null, seq: undefined } }))).toEqual(packet);
  });

  const NANOSECONDS = 1_764_000_000_123_456_789n;
  it.each([
    ['time-base-ns', String(NANOSECONDS), { timeBaseNs: NANOSECONDS }],
    ['time-base-ns', String(2n ** 63n - 1n), { timeBaseNs: 2n ** 63n - 1n }],
    ['captured-at-us', '1764000000123456', { capturedAtUs: 1_764_000_000_123_456 }],
    ['seq', '41', { seq: 41 }],
    // Of 64 bits the lowest 53: the next number is one more.
    ['seq', String(2n ** 63n + 5n), { seq: 5 }],
    ['width', '0346', { width: 346 }],
    ['height', ['260', '260'], { height: 260 }],
    ['encoding', 'libcaer', { encoding: 'libcaer' }],
  ])('takes %s %j to the last digit', (name, value, expected) => {
    const given = Array.isArray(value) ? value.map((one) => Buffer.from(one)) : Buffer.from(value);
    expect(raw(message({ headers: { [name]: given } }))).toEqual({ ...packet, ...expected });
  });

  const numbers = ['time-base-ns', 'captured-at-us', 'seq', 'width', 'height'];
  const odd = [
    '1.5',
    '-5',
    '1e3',
    '1e300',
    '',
    ' ',
    ' 12',
    '12 ',
    '0x10',
    '+1',
    'NaN',
    'Infinity',
    '1\0',
    '\u0661',
    '18446744073709551616',
  ];
  it.each(numbers.flatMap((name) => odd.map((value) => [name, value] as const)))(
    'with %s %j has a fault that names both, and its bytes (issue 11)',
    (name, value) => {
      const found = raw(message({ headers: { [name]: Buffer.from(value) } }));
      expect(found).toMatchObject({
        sensor: 'cam',
        bytes,
        fault: expect.stringMatching(/should be a whole number from 0 to \d+ \(found '/),
      });
      expect(found).toHaveProperty('fault', expect.stringContaining(`header '${name}'`));
    },
  );

  it.each([
    ['beyond what is exact', { 'captured-at-us': '9007199254740993' }, /'captured-at-us'.*found '9007199254740993'/],
    ['two values', { width: ['640', '320'] }, /'width' comes 2 times, as '640' and as '320'/],
    ['a megabyte of digits', { 'time-base-ns': '1'.repeat(1_000_000) }, /at most 256 bytes \(found '1{60}…' of 1,000,000 characters\)/],
    ['bytes that are no text', { encoding: Buffer.from([0xff, 0xfe]) }, /'encoding' should be text in UTF-8 \(found the bytes fffe\)/],
  ])('with a header of %s has a fault (issue 11)', (_what, headers, fault) => {
    expect(raw(message({ headers }))).toMatchObject({ bytes, fault: expect.stringMatching(fault) });
  });

  it('takes no header from what every object has', () => {
    expect(raw(message({ headers: JSON.parse('{"__proto__": {"width": "1"}, "toString": "2"}') as Record<string, string> }))).toEqual(
      packet,
    );
  });

  it('without a value, as deletions are, has a fault; one of no bytes is a packet without events', () => {
    expect(raw(message({ value: null }))).toMatchObject({ fault: expect.stringContaining('tombstone') });
    expect(raw(message({ value: Buffer.alloc(0) }))).not.toHaveProperty('fault');
  });
});

describe('the key', () => {
  const sensorOf = (key: Buffer | null): string => (raw(message({ key })) as { sensor: string }).sensor;

  it('names the sensor as it is, also with characters that nobody sees', () => {
    for (const name of ['cam', 'a/b', 'a\0b', 'line\nbreak', '\u202Eright', '😀']) expect(sensorOf(Buffer.from(name))).toBe(name);
  });

  it('may be absent or empty', () => {
    expect([sensorOf(null), sensorOf(Buffer.alloc(0))]).toEqual(['sensor', 'sensor']);
  });

  it('may be bytes or a megabyte long, and two of them stay two (issue 11)', () => {
    const keys = ['ff', 'fe', '00ff', 'c3', 'c328'].map((hex) => Buffer.from(hex, 'hex'));
    const long = ['a', 'b'].map((end) => Buffer.from('x'.repeat(2 ** 20) + end));
    const names = [...keys, ...long, Buffer.from('hex:ff')].map(sensorOf);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe('hex:ff');
    for (const name of names) expect(name.length).toBeLessThanOrEqual(256);
  });
});

describe('an Avro message', () => {
  const single = packetDecoder({ wire: 'single-object', raw: {} });
  const record = { ...packet, seq: 1n, capturedAtUs: null as number | null, events: bytes };
  const { encode } = encoder('event-packet', singleObjectPrefix('event-packet'), { exact: true });

  it('comes back with a time base and a number beyond 2^53 (issue 11)', () => {
    const value = encode({ ...record, timeBaseNs: 1_764_000_000_123_456_789n, seq: 2n ** 62n + 1n, capturedAtUs: 12 });
    expect(single(message({ value }))).toEqual({ ...packet, timeBaseNs: 1_764_000_000_123_456_789n, seq: 1, capturedAtUs: 12 });
  });

  it('is written with such a time base too', async () => {
    const write = await packetEncoder({ topic: 't', wire: 'avro', recording: 'r' });
    const { value } = write({ ...packet, ...countedItem({}), timeBaseNs: 2n ** 62n });
    expect(single(message({ value: value as Buffer }))).toMatchObject({ timeBaseNs: 2n ** 62n });
  });

  it.each([
    ['timeBaseNs', { timeBaseNs: -1n }],
    ['seq', { seq: -1n }],
    ['capturedAtUs', { capturedAtUs: -1 }],
    ['width', { width: -3 }],
    ['height', { height: -(2 ** 31) }],
  ])('with a %s that cannot be has a fault (issue 11)', (name, more) => {
    const found = single(message({ value: encode({ ...record, ...more }) }));
    expect(found).toMatchObject({ sensor: 'cam', fault: expect.stringContaining(`field '${name}' should be a whole number`) });
  });

  it('that is none has a fault, whatever its value', () => {
    for (const value of [null, Buffer.alloc(0), Buffer.from('nothing'), encode(record).subarray(0, 15), Buffer.alloc(2 ** 20, 0x80)])
      expect(single(message({ value, key: null }))).toMatchObject({ sensor: 'unreadable', fault: expect.any(String) });
  });
});

describe('a message with the id of a schema', () => {
  const own = compactSchema('event-packet');
  const other = JSON.stringify({ type: 'record', name: 'Other', fields: [] });
  const deep = `${'{"type":"array","items":'.repeat(5000)}"int"${'}'.repeat(5000)}`;
  const answers: Readonly<Record<number, [status: number, body: string]>> = {
    1: [200, JSON.stringify({ schema: own })],
    2: [200, '<html>not here</html>'],
    3: [200, 'null'],
    4: [200, '{"schema": 5}'],
    5: [200, '{"schema": "not Avro"}'],
    6: [200, JSON.stringify({ schema: other })],
    7: [200, JSON.stringify({ schema: deep })],
    8: [200, ''],
    9: [404, '{}'],
  };
  const server = createServer(({ url }, response) => {
    const [status, body] = answers[Number(url?.split('/').at(-1))] ?? [404, '{}'];
    response.writeHead(status).end(body);
  });
  beforeAll(async () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  const { encode } = encoder('event-packet', Buffer.alloc(0), { exact: true });
  const body = encode({ ...packet, seq: 1n, timeBaseNs: 2n ** 62n, capturedAtUs: null, events: bytes });
  const withId = (id: number): Buffer => {
    const head = Buffer.alloc(5);
    head.writeInt32BE(id, 1);
    return Buffer.concat([head, body]);
  };

  it('is read by the schema that the registry has, and has a fault for any other answer (issue 11)', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const read = packetDecoder({ wire: 'confluent', registry: { url }, raw: {} });
    for (const id of [2, 3, 4, 5, 6, 7, 8, 9, -1, 0, 2 ** 31 - 1]) {
      const found = await read(message({ value: withId(id) }));
      expect(found).toMatchObject({ sensor: 'cam', bytes: withId(id), fault: expect.stringMatching(/schema/) });
      expect(found.fault!.length).toBeLessThan(1000);
      expect(await read(message({ value: withId(1) }))).toMatchObject({ seq: 1, timeBaseNs: 2n ** 62n, bytes });
    }
    for (const value of [null, Buffer.alloc(0), Buffer.of(0, 0), Buffer.of(1, 0, 0, 0, 1), withId(1).subarray(0, 12)])
      expect(await read(message({ value }))).toMatchObject({ fault: expect.any(String) });
  });
});
