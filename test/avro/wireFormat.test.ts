import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import avsc from 'avsc';
import { compactSchema } from '../../src/avro/schemaText.ts';
import { crc64Avro, decoder, encoder, registeredPrefix, singleObjectPrefix, whyUnreadable } from '../../src/avro/wireFormat.ts';
import { type SchemaRegistry, schemaRegistry } from '../../src/kafka/client/schemaRegistry.ts';

const packet = {
  sensor: 'cam',
  seq: 1,
  encoding: 'evt3',
  width: 4,
  height: 3,
  timeBaseNs: 0,
  capturedAtUs: null,
  events: Buffer.from([1, 2]),
};

describe('CRC-64-AVRO', () => {
  it('is that of the specification', () => {
    expect(crc64Avro(Buffer.from('"int"'))).toBe(0x7275d51a3f395c8fn);
    expect(crc64Avro(Buffer.from('"null"'))).toBe(0x63dd24e7cc258f8an);
  });
});

describe('single objects', () => {
  it('come back as they were, and what is none is refused by its first bytes', () => {
    const bytes = encoder('event-packet', singleObjectPrefix('event-packet')).encode(packet);
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0xc3, 0x01]));
    const read = decoder<typeof packet>('event-packet', 'single-object', undefined);
    expect(read(bytes)).toMatchObject(packet);
    expect(() => read(Buffer.from('nothing'))).toThrow(/begins with 6e 6f/);
  });
});

describe('a schema registry', () => {
  const subjects = new Map<string, string[]>();
  const schemas: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const [, first, name = '', third, version] = request.url!.split('/').map((part) => decodeURIComponent(part));
      const known = subjects.get(name);
      const answer = (value: unknown): void => void response.end(JSON.stringify(value));
      if (first === 'schemas') return answer({ schema: schemas[Number(third) - 1] });
      if (first === 'config' || name === '') return answer({});
      if (request.method === 'POST') {
        const { schema } = JSON.parse(body) as { schema: string };
        if (!schemas.includes(schema)) schemas.push(schema);
        if (!known?.includes(schema)) subjects.set(name, [...(known ?? []), schema]);
        return answer({ id: schemas.indexOf(schema) + 1 });
      }
      if (!known) {
        response.statusCode = 404;
        return answer({});
      }
      return answer(version ? { schema: known[Number(version) - 1] } : known.map((_, i) => i + 1));
    });
  });
  let registry: SchemaRegistry;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    registry = schemaRegistry({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterAll(() => void server.close());

  it('gives the id that each message begins with, and a reader finds the schema by it', async () => {
    const prefix = await registeredPrefix(registry, 'event-packet', 'topic', 'events');
    const bytes = encoder('event-packet', prefix).encode(packet);
    expect(bytes[0]).toBe(0);
    expect(await decoder('event-packet', 'confluent', registry)(bytes)).toMatchObject(packet);
    expect([...subjects.keys()]).toContain('events-value');
  });

  it('names subjects by topic, by record, or by both', async () => {
    for (const naming of ['topic', 'record', 'topic-record'] as const) await registeredPrefix(registry, 'caption', naming, 'out');
    expect([...subjects.keys()]).toEqual(expect.arrayContaining(['out-value', 'saccade.Caption', 'out-saccade.Caption']));
  });

  it('gives schemas of another namespace, or of none, which are read by the names of their records (issue 13)', async () => {
    const own = compactSchema('event-packet');
    const body = encoder('event-packet', Buffer.alloc(0)).encode(packet);
    const renamed = (change: object): string => JSON.stringify({ ...(JSON.parse(own) as object), ...change });
    for (const [written, expected] of [
      [renamed({ namespace: 'com.acme.sensors' }), undefined],
      [renamed({ namespace: undefined }), undefined],
      [renamed({ name: 'OtherPacket' }), /cannot be read as saccade\.EventPacket: no alias found for saccade\.OtherPacket/],
    ] as const) {
      const prefix = Buffer.alloc(5);
      prefix.writeInt32BE(await registry.register('foreign-value', written), 1);
      const read = decoder<typeof packet>('event-packet', 'confluent', registry)(Buffer.concat([prefix, body]));
      if (expected) await expect(read).rejects.toThrow(expected);
      else expect(await read).toMatchObject(packet);
    }
    expect(whyUnreadable(avsc.Type.forSchema(JSON.parse(own)), renamed({ namespace: 'com.acme' }))).toBeUndefined();
  });

  it('is given nothing when an older version of the subject could not be read any more', async () => {
    subjects.set('old-value', [
      JSON.stringify({ type: 'record', name: 'Caption', namespace: 'saccade', fields: [{ name: 'id', type: 'int' }] }),
    ]);
    await expect(registeredPrefix(registry, 'caption', 'topic', 'old')).rejects.toThrow(/cannot read version 1 of subject 'old-value'/);
    expect(subjects.get('old-value')).toHaveLength(1);
  });
});
