import { expect, it } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { kafkaLedger } from '../../src/interpret/ledgers/kafkaLedger.ts';
import { connect, connectionSchema } from '../../src/kafka/client/kafkaConnection.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import { serveMetrics } from '../../src/watch/serveMetrics.ts';
import { startLocalBroker } from '../../kafka-broker/localBroker.ts';
import { brokers, describeKafka, describeOwnKafka, makeTopic, makeTopics, ownKafka, unique } from './kafka.ts';
import { miniPipeline } from './miniPipeline.ts';

describeKafka('ready', () => {
  it('a source is ready when it is a member of its group', async () => {
    const source = kafkaSource({ brokers, topic: await makeTopic('ready'), groupId: unique('ready'), wire: 'raw' });
    await expect(source.ready!()).rejects.toThrow(/no member of group/);
    const stop = new AbortController();
    const reading = (async () => {
      for await (const packet of source.packets(stop.signal)) packet.ack();
    })();
    await expect.poll(() => source.ready!(), { timeout: 20_000 }).toBeUndefined();
    stop.abort();
    await reading;
    await source.close!();
  });

  it('a sink is ready when it is open and its brokers answer', async () => {
    const topic = await makeTopic('ready');
    const sink = kafkaSink({ brokers, topic });
    await expect(sink.ready!()).rejects.toThrow(`topic '${topic}' is not open`);
    await sink.open!();
    await expect(sink.ready!()).resolves.toBeUndefined();
    await sink.close!();
  });

  it('a ledger is ready when it is open, and no more when it was closed', async () => {
    const ledger = kafkaLedger({ brokers, topic: unique('ledger') });
    await expect(ledger.ready!()).rejects.toThrow(/is not open/);
    await ledger.open();
    await expect(ledger.ready!()).resolves.toBeUndefined();
    await ledger.close();
    await expect(ledger.ready!()).rejects.toThrow(/is not open/);
  });
});

describeOwnKafka('/ready', () => {
  it('is 200 while source, ledger and sinks are connected, 503 while their broker is down, and 200 when it is back', async () => {
    const broker = await startLocalBroker({ version: ownKafka as '4.1' });
    const connection = { brokers: broker.brokers };
    const [topic, output, dead] = ['packets', 'captions', 'dead'];
    await makeTopics(connect(connectionSchema.parse(connection)), [topic, output, dead]);
    const delivery = exactlyOnce({ ...connection, groupId: 'ready' });
    const parts = {
      source: kafkaSource({ ...connection, topic, delivery, wire: 'raw', sessionTimeoutMs: 3000 }),
      sink: kafkaSink({ ...connection, topic: output, delivery }),
      deadLetters: kafkaSink({ ...connection, topic: dead, schema: 'dead-letter', delivery }),
    } as const;
    const ledger = kafkaLedger({ ...connection, topic: 'ledger', ownerTimeoutMs: 3000 });
    const served = await serveMetrics({ port: 0 }, [parts.source, ledger, parts.sink, parts.deadLetters]);
    const ask = async (path = '/ready'): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${served.port}${path}`);
      return `${response.status} ${await response.text()}`;
    };
    const becomes = (what: RegExp | string): Promise<void> => expect.poll(() => ask(), { timeout: 25_000, interval: 200 }).toMatch(what);

    expect(await ask()).toMatch(
      /^503 kafkaSource: no member of group 'ready'.*\nkafkaLedger: .* is not open\nkafkaSink: topic 'captions' is not open/,
    );
    const stop = new AbortController();
    await ledger.open();
    const running = miniPipeline({ ...parts, stop: stop.signal });
    await becomes('200 ready\n');
    await broker.restart('SIGKILL', async () => {
      await becomes(/^503 kafkaSource: no member.*\nkafkaLedger: Kafka at .*\nkafkaSink: Kafka at .* does not answer: .*ECONNREFUSED/);
      expect(await ask('/live')).toBe('200 live\n');
    });
    await becomes('200 ready\n');
    stop.abort();
    await running;
    await ledger.close();
    await served.end();
    await broker.stop();
  });
});
