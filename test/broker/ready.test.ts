import { expect, it } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import { brokers, describeKafka, makeTopic, unique } from './kafka.ts';

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

  it('a sink is ready when it is open and its registry answers', async () => {
    const topic = await makeTopic('ready');
    const sink = kafkaSink({ brokers, topic });
    await expect(sink.ready!()).rejects.toThrow(`topic '${topic}' is not open`);
    await sink.open!();
    await expect(sink.ready!()).resolves.toBeUndefined();
    await sink.close!();
  });
});
