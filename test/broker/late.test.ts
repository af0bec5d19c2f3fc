import { expect, it } from 'vitest';
import { kafkaSource } from '../../src/consume/sources/kafkaSource.ts';
import { decoder } from '../../src/avro/wireFormat.ts';
import { exactlyOnce } from '../../src/kafka/delivery/exactlyOnce.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { brokers, client, describeKafka, makeTopic, unique } from './kafka.ts';
import { miniPipeline } from './miniPipeline.ts';
import { readTopic } from './readTopic.ts';

const PACKETS = 150;
const PACKET_US = 20_000;

/** Packets of 20 ms; each seventh has an event of 130 ms before it as well, when windows of 50 ms are long closed. */
function packet(number: number): Buffer {
  const times = Array.from({ length: 10 }, (_, i) => 1_000_000 + number * PACKET_US + i * 2000);
  if (number % 7 === 6) times.push(1_000_000 + number * PACKET_US - 130_000);
  const bytes = Buffer.alloc(16 * times.length);
  times.forEach((t, i) => {
    bytes.writeUInt16LE(i, 16 * i);
    bytes.writeBigInt64LE(BigInt(t), 16 * i + 8);
  });
  return bytes;
}

interface Outcome {
  readonly captions: readonly CaptionRecord[];
  readonly letters: readonly DeadLetter[];
}

describeKafka('events that come too late', () => {
  it('are one letter a packet, with the events, however often the run crashes', async () => {
    const topic = await makeTopic('packets');
    const producer = client().producer();
    await producer.connect();
    const headers = { encoding: 'event_cd', width: '320', height: '240' };
    const messages = Array.from({ length: PACKETS }, (_, i) => ({ key: 'cam', value: packet(i), headers: { ...headers, seq: String(i) } }));
    await producer.send({ topic, messages });
    await producer.disconnect();

    /** The last window is open when the packets end. */
    const windows = (PACKETS * PACKET_US) / 50_000 - 1;
    /** Runs that crash when their third window has waited for so many others, then one to the end. */
    const runs = async (crashes: readonly number[]): Promise<Outcome> => {
      const [output, dead, groupId] = [await makeTopic('captions'), await makeTopic('dead'), unique('group')];
      let total = 0;
      for (const others of [...crashes, Infinity]) {
        const delivery = exactlyOnce({ brokers, groupId });
        const stop = new AbortController();
        const sink = kafkaSink<CaptionRecord>({ brokers, topic: output, delivery });
        const enough = Promise.withResolvers<void>();
        let [begun, written] = [0, 0];
        const running = miniPipeline({
          source: kafkaSource({ brokers, topic, delivery, wire: 'raw' }),
          sink: {
            ...sink,
            async write(...args) {
              if (++begun === 3 && others < Infinity) {
                await enough.promise;
                throw new Error('a crash');
              }
              await sink.write(...args);
              if (++written >= others) enough.resolve();
              if (++total >= windows) stop.abort();
            },
          },
          deadLetters: kafkaSink({ brokers, topic: dead, schema: 'dead-letter', delivery }),
          answerMs: 40,
          windows: 6,
          stop: stop.signal,
        });
        await (others < Infinity ? expect(running).rejects.toThrow('a crash') : running);
      }
      const [caption, letter] = [
        decoder<CaptionRecord>('caption', 'single-object', undefined),
        decoder<DeadLetter>('dead-letter', 'single-object', undefined),
      ];
      return {
        captions: await Promise.all((await readTopic(output)).map(async ({ value }) => caption(value!))),
        letters: await Promise.all((await readTopic(dead)).map(async ({ value }) => letter(value!))),
      };
    };
    const straight = await runs([]);
    const crashed = await runs([8, 9, 10]);

    expect(straight.letters).toHaveLength(Math.floor(PACKETS / 7));
    expect(straight.letters[0]).toMatchObject({
      stage: 'cut',
      code: 'EVENTS_LATE',
      start: 990_000,
      end: 990_001,
      position: { source: topic, first: 6, end: 7 },
      payloadType: 'text',
    });
    expect(String(Buffer.from(straight.letters[0]!.payload))).toBe('t,x,y,p\n990000,10,0,0\n');
    const places = ({ letters }: Outcome): number[] => letters.map(({ position }) => position.first).toSorted((a, b) => a - b);
    expect(places(crashed)).toEqual(places(straight));
    const starts = ({ captions }: Outcome): number[] => captions.map(({ startUs }) => startUs).toSorted((a, b) => a - b);
    expect(starts(crashed)).toEqual(starts(straight));
  });
});
