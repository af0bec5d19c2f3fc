import { expect, it } from 'vitest';
import { client, describeKafka, makeTopic, unique } from './kafka.ts';
import { readTopic } from './readTopic.ts';

describeKafka('a reader that reads committed', () => {
  it('sees what was committed and nothing else, where aborted transactions of several producers overlap', async () => {
    const topic = await makeTopic('overlap');
    const producers = ['a', 'b', 'c'].map((name) => client().producer({ transactionalId: unique(name), maxInFlightRequests: 1 }));
    await Promise.all(producers.map(async (producer) => producer.connect()));
    for (let round = 0; round < 3; round++) {
      const [first, second, third] = [
        await producers[0]!.transaction(),
        await producers[1]!.transaction(),
        await producers[2]!.transaction(),
      ];
      await first.send({ topic, messages: [{ value: `aborted ${round} first` }] });
      await second.send({ topic, messages: [{ value: `aborted ${round} second` }] });
      await first.send({ topic, messages: [{ value: `aborted ${round} first again` }] });
      await third.send({ topic, messages: [{ value: `committed ${round}` }] });
      await second.abort();
      await third.commit();
      await first.abort();
      const after = await producers[1]!.transaction();
      await after.send({ topic, messages: [{ value: `committed ${round} after` }] });
      await after.commit();
    }
    await Promise.all(producers.map(async (producer) => producer.disconnect()));
    const read = (await readTopic(topic)).map(({ value }) => String(value));
    expect(read).toEqual([0, 1, 2].flatMap((round) => [`committed ${round}`, `committed ${round} after`]));
  });
});
