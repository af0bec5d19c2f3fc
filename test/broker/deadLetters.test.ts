import { afterAll, beforeAll, expect, it } from 'vitest';
import { decoder } from '../../src/avro/wireFormat.ts';
import type { Simulator } from '../../src/sim/simulator.ts';
import type { DeadLetter } from '../../src/stage/reject.ts';
import { client, describeKafka } from './kafka.ts';
import { readTopic } from './readTopic.ts';
import { captionsIn, folder, recordsIn, replay, replayRig, runLive, simulatorWith } from './replayRig.ts';
import { sensorMessages } from '../rig/sensorPackets.ts';

let simulator: Simulator;
beforeAll(async () => void (simulator = await simulatorWith()));
afterAll(async () => simulator.close());

async function lettersIn(topic: string): Promise<DeadLetter[]> {
  const read = decoder<DeadLetter>('dead-letter', 'single-object', undefined);
  return Promise.all((await readTopic(topic)).map(async ({ value }) => read(value!)));
}

const ids = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id).toSorted();

describeKafka('replay of dead letters', () => {
  it('captions the windows that nobody captioned, under the ids of their letters, and no other', async () => {
    const rig = await replayRig(simulator);
    simulator.change('openai', { faults: [{ fault: 'refusal', attempts: [2, 11, 12, 30] }] });
    await runLive(rig, 36);
    simulator.change('openai', { faults: [] });
    const [live, letters] = [await captionsIn(rig.output), await lettersIn(rig.dead)];
    expect([live.length, letters.length]).toEqual([32, 4]);
    const asked = simulator.journal.totals().requests;
    expect(await replay(rig, `dead-letters:${rig.dead}`)).toMatchObject({ captioned: 4, deadLettered: 0 });
    expect(ids(await captionsIn(rig.output))).toEqual(ids([...live, ...letters]));
    expect(simulator.journal.totals().requests - asked).toBe(4);
    expect(await replay(rig, `dead-letters:${rig.dead}`)).toMatchObject({ captioned: 0, deadLettered: 0 });
  });

  it('finds the windows of a file of letters too, and leaves a new letter where it fails again', async () => {
    const rig = { ...(await replayRig(simulator, { sensors: 1 })), output: await folder() };
    const past = `topic:${rig.input}`;
    simulator.change('openai', { faults: [{ fault: 'refusal', first: 3 }] });
    expect(await replay(rig, past)).toMatchObject({ captioned: 9, deadLettered: 3 });
    simulator.change('openai', { faults: [{ fault: 'refusal', first: 1 }] });
    expect(await replay(rig, `${rig.output}/dead.avro`)).toMatchObject({ captioned: 2, deadLettered: 1 });
    simulator.change('openai', { faults: [] });
    expect(await recordsIn(`${rig.output}/dead.avro`)).toHaveLength(4);
    expect(await replay(rig, `${rig.output}/dead.avro`)).toMatchObject({ captioned: 1, deadLettered: 0 });
    const records = await recordsIn<{ id: string }>(`${rig.output}/captions.avro`);
    expect(new Set(ids(records)).size).toBe(12);
    expect(records).toHaveLength(12);
  });

  it('decodes packets once more: what still cannot be read is a dead letter again, what can makes the windows that were missing', async () => {
    const messages = sensorMessages(2, 12).map((message) => {
      const seq = Number(message.headers['seq']);
      return message.key === 'cam-1' && seq >= 4 && seq < 13 ? { ...message, headers: { ...message.headers, encoding: 'evt3x' } } : message;
    });
    const rig = await replayRig(simulator, { messages, partitions: 1 });
    const parts = [await folder(), await folder()];
    await replay({ ...rig, output: parts[0]! }, `topic:${rig.input}`, { to: 15 });
    await replay({ ...rig, output: parts[1]! }, `topic:${rig.input}`, { from: 15 });
    const damaged = await Promise.all(parts.map(async (part) => (await recordsIn(`${part}/dead.avro`)).length));
    expect([damaged.every((count) => count > 0), damaged[0]! + damaged[1]!]).toEqual([true, 9]);
    await runLive(rig, 9 + 12 + 10);
    const live = await captionsIn(rig.output);
    expect(await replay(rig, `dead-letters:${rig.dead}`)).toMatchObject({ captioned: 0, packetsRejected: 9 });
    expect(await lettersIn(rig.dead)).toHaveLength(18);
    const { captioned } = await replay({ ...rig, isNewer: true }, `dead-letters:${rig.dead}`);
    const all = await captionsIn(rig.output);
    expect(captioned).toBe(24 - live.length);
    expect(new Set(all.map(({ sensor, startUs }) => `${sensor} ${startUs}`)).size).toBe(24);
    expect(all).toHaveLength(24);
  });

  it('says so where the topic has thrown the packets away, and leaves the letters where they are', async () => {
    const rig = await replayRig(simulator, { sensors: 1 });
    simulator.change('openai', { faults: [{ fault: 'refusal', first: 1 }] });
    await runLive(rig, 12);
    const admin = client().admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [rig.input] });
    await admin.deleteTopicRecords({ topic: rig.input, partitions: [0, 1].map((partition) => ({ partition, offset: '-1' })) });
    await admin.disconnect();
    await expect(replay(rig, `dead-letters:${rig.dead}`)).rejects.toThrow(/1 of 1 dead letters were not found again.*cam-0/s);
    expect(await lettersIn(rig.dead)).toHaveLength(1);
  });
});
