import { expect, it } from 'vitest';
import { compressionType, compressions } from '../../src/kafka/client/compression.ts';
import { client, describeKafka, makeTopic } from './kafka.ts';
import { readTopic } from './readTopic.ts';

describeKafka('compression of record batches', () => {
  it.each(compressions)('%s goes through a real broker and comes back', async (compression) => {
    const topic = await makeTopic('codec');
    const values = Array.from({ length: 50 }, (_, i) => Buffer.from(`${i} `.repeat(400)));
    const producer = client().producer();
    await producer.connect();
    await producer.send({ topic, compression: compressionType(compression), messages: values.map((value) => ({ value })) });
    await producer.disconnect();
    const read = await readTopic(topic);
    expect(read.map(({ value }) => value?.toString())).toEqual(values.map(String));
  });
});
