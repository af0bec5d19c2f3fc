import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { compactSchema } from '../../src/avro/schemaText.ts';
import { encoder } from '../../src/avro/wireFormat.ts';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { listen } from '../../src/stage/report.ts';
import { brokers, describeKafka, makeTopic, produce, unique } from './kafka.ts';

describeKafka('a schema registry that does not answer', () => {
  const held: (() => void)[] = [];
  const asked: string[] = [];
  let isFrozen = false;
  const server = createServer(({ url }, response) => {
    const id = url!.split('/').at(-1)!;
    asked.push(id);
    const answer = (): void =>
      void response.writeHead(id === '9' ? 404 : 200).end(JSON.stringify({ schema: compactSchema('event-packet') }));
    if (isFrozen) held.push(answer);
    else answer();
  });
  beforeAll(async () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  const packet = { sensor: 'cam', encoding: 'evt3', width: 4, height: 3, timeBaseNs: 0, capturedAtUs: null, events: Buffer.from([1, 2]) };
  const withSchema = (id: number, seq: number): Buffer => {
    const head = Buffer.alloc(5);
    head.writeInt32BE(id, 1);
    return encoder('event-packet', head).encode({ ...packet, seq });
  };

  it('is waited for when new schemas come, is said to be, and costs no packet (issue 13)', async () => {
    const topic = await makeTopic('packets');
    const registry = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const source = kafkaSource({ brokers, topic, groupId: unique('group'), registry, sessionTimeoutMs: 6000 });
    const end = new AbortController();
    const seen: [seq: number, fault: string | undefined][] = [];
    const said: string[] = [];
    let joins = 0;
    const quiet = [listen('wait', ({ on, message }) => said.push(`${on}: ${message}`)), listen('assigned', () => joins++)];
    const reading = (async () => {
      for await (const { seq, fault } of source.packets(end.signal)) seen.push([seq, fault]);
    })();
    await produce(topic, [withSchema(1, 0)]);
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 20_000 });
    isFrozen = true;
    await produce(topic, [withSchema(2, 1), withSchema(3, 2), withSchema(1, 3), withSchema(4, 4), withSchema(9, 5), withSchema(9, 6)]);
    // Longer than a session of the group.
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(16), { timeout: 30_000 });
    expect(said).toContain(`schema registry ${registry.url}: packets with schema 3 wait for it`);
    isFrozen = false;
    for (const answer of held) answer();
    await vi.waitFor(() => expect(seen).toHaveLength(7), { timeout: 20_000 });
    expect(seen.map(([seq, fault]) => [seq, fault?.replace(/^.*has no/, 'no')])).toEqual([
      ...[0, 1, 2, 3, 4].map((seq) => [seq, undefined]),
      ...[5, 6].map((offset) => [offset, 'no schema 9']),
    ]);
    expect(joins).toBe(1);
    expect(asked.filter((id) => id === '9').length).toBeLessThanOrEqual(2);
    for (const stop of quiet) stop();
    end.abort();
    await reading;
    await source.close?.();
  });
});
