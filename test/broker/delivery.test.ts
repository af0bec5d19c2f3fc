import { expect, it } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { atLeastOnce } from '../../src/kafka/delivery/atLeastOnce.ts';
import { decoder } from '../../src/avro/wireFormat.ts';
import type { Delivery } from '../../src/kafka/delivery/delivery.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import { brokers, client, describeKafka, makeTopic, unique } from './kafka.ts';
import { miniPipeline } from './miniPipeline.ts';
import { readTopic } from './readTopic.ts';
import { sensorMessages } from '../rig/sensorPackets.ts';

const readCaption = decoder<CaptionRecord>('caption', 'single-object', undefined);

async function captions(topic: string): Promise<CaptionRecord[]> {
  const read = await readTopic(topic);
  return Promise.all(read.map(async ({ value }) => readCaption(value!)));
}

const identity = ({ sensor, startUs, source, requestHash, events }: CaptionRecord): string =>
  `${sensor} ${startUs} ${source.partition} ${source.first} ${source.end} ${requestHash} ${events}`;

async function rig(
  sensors: number,
  windows: number,
  partitions = 2,
): Promise<{ input: string; output: string; dead: string; group: string }> {
  const input = await makeTopic('packets', { partitions });
  const output = await makeTopic('captions');
  const dead = await makeTopic('dead');
  const producer = client().producer();
  await producer.connect();
  await producer.send({ topic: input, messages: sensorMessages(sensors, windows) });
  await producer.disconnect();
  return { input, output, dead, group: unique('group') };
}

/** Runs until `until` holds, checked at each record, then stops in order. */
async function runUntil(
  { input, output, dead }: { input: string; output: string; dead: string },
  delivery: Delivery,
  until: (written: number) => boolean,
  answerMs = 5,
): Promise<{ asked: string[] }> {
  const stop = new AbortController();
  const asked: string[] = [];
  let written = 0;
  const sink = kafkaSink<CaptionRecord>({ brokers, topic: output, delivery });
  const counting = {
    ...sink,
    async write(...args: Parameters<typeof sink.write>) {
      await sink.write(...args);
      written++;
      if (until(written)) stop.abort();
    },
  };
  await miniPipeline({
    source: kafkaSource({ brokers, topic: input, delivery, wire: 'raw' }),
    sink: counting,
    deadLetters: kafkaSink({ brokers, topic: dead, schema: 'dead-letter', delivery }),
    answerMs,
    windows: 16,
    stop: stop.signal,
    onAsk: (id) => asked.push(id),
  });
  return { asked };
}

describeKafka.each([
  { name: 'exactly once', make: (groupId: string) => exactlyOnce({ brokers, groupId }) },
  { name: 'exactly once, metadata of 40 bytes', make: (groupId: string) => exactlyOnce({ brokers, groupId, metadataLimit: 40 }) },
  { name: 'at least once', make: (groupId: string) => atLeastOnce({ brokers, groupId }) },
])('$name', ({ make }) => {
  it('writes each window of each sensor once', async () => {
    const topics = await rig(4, 20);
    await runUntil(topics, make(topics.group), (written) => written === 4 * 20);
    const records = await captions(topics.output);
    expect(records).toHaveLength(80);
    expect(new Set(records.map(({ id }) => id)).size).toBe(80);
    expect(records.every(({ events }) => events === 40)).toBe(true);
  });

  it('goes on after a stop as if there had been none: same windows, same events, no question asked twice', async () => {
    const topics = await rig(5, 40);
    const whole = { ...topics, output: await makeTopic('captions') };
    await runUntil(whole, make(unique('group')), (written) => written === 200);
    const asked: string[] = [];
    for (const share of [20, 25, 30]) {
      const run = await runUntil(topics, make(topics.group), (written) => written >= share, 40);
      asked.push(...run.asked);
    }
    const done = (await captions(topics.output)).length;
    const run = await runUntil(topics, make(topics.group), (written) => written === 200 - done, 40);
    asked.push(...run.asked);
    const [interrupted, straight] = [await captions(topics.output), await captions(whole.output)];
    expect(interrupted.map(identity).toSorted()).toEqual(straight.map(identity).toSorted());
    expect(asked.length).toBe(new Set(asked).size);
  });
});
