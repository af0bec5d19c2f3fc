import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { topicRange } from '../../src/consume/sources/topicRange.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import { sourceContract } from '../consume/source.contract.ts';
import { sinkContract } from '../publish/sink.contract.ts';
import { brokers, client, describeKafka, makeTopic, unique } from './kafka.ts';
import { readTopic } from './readTopic.ts';

const PACKETS = 6;

async function topicOfPackets(): Promise<string> {
  const topic = await makeTopic('packets', { partitions: 2 });
  const producer = client().producer();
  await producer.connect();
  const messages = Array.from({ length: PACKETS }, (_, i) => ({
    partition: i % 2,
    key: `cam-${i % 2}`,
    value: Buffer.from([i, 2, 3]),
    headers: { encoding: 'evt3' },
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  return topic;
}

describeKafka('sources of Kafka', () => {
  let range: string | undefined;
  sourceContract('topicRange', async () => {
    const topic = (range ??= await topicOfPackets());
    return { source: topicRange({ brokers, topic, wire: 'raw' }) };
  });

  let group: string | undefined;
  sourceContract('kafkaSource', async () => {
    const topic = (group ??= await topicOfPackets());
    return { source: kafkaSource({ brokers, topic, groupId: unique('group'), wire: 'raw' }), atLeast: PACKETS };
  });
});

describeKafka('sinks of Kafka', () => {
  sinkContract('kafkaSink', async () => {
    const topic = await makeTopic('captions');
    return {
      make: () => kafkaSink({ brokers, topic }),
      ids: async () => (await readTopic(topic)).map(({ headers }) => String(headers?.['window-id'])),
    };
  });

  sinkContract('kafkaSink for a replay', async () => {
    const topic = await makeTopic('captions');
    return {
      make: () => kafkaSink({ brokers, topic }).forReplay!(),
      ids: async () => (await readTopic(topic)).map(({ headers }) => String(headers?.['window-id'])),
    };
  });
});
