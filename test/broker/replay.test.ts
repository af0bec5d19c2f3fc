import { afterAll, beforeAll, expect, it } from 'vitest';
import { encoder } from '../../src/avro/wireFormat.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import type { Simulator } from '../../src/sim/simulator.ts';
import { describeKafka, makeTopic } from './kafka.ts';
import { captionsIn, folder, recordsIn, replay, replayCommand, replayRig, runLive, simulatorWith } from './replayRig.ts';

let simulator: Simulator;
beforeAll(async () => void (simulator = await simulatorWith({ latency: 20 })));
afterAll(async () => simulator.close());

const facts = (records: readonly CaptionRecord[]): string[] =>
  records
    .map(({ id, startUs, events, frame, source }) => `${id} ${startUs} ${events} ${frame?.sha256} ${source.first}-${source.end}`)
    .toSorted();

describeKafka('replay of a topic', () => {
  it('makes the windows that there were live, with their ids and frames; a part from A to B and one from B on make each once', async () => {
    const rig = await replayRig(simulator);
    await runLive(rig, 36);
    const live = facts(await captionsIn(rig.output));
    expect(live).toHaveLength(36);
    const outputs = [await folder(), await folder(), await folder()];
    const past = `topic:${rig.input}`;
    await replay({ ...rig, output: outputs[0]! }, past);
    await replay({ ...rig, output: outputs[1]! }, past, { to: 31 });
    await replay({ ...rig, output: outputs[2]! }, past, { from: 31 });
    const [whole, before, behind] = await Promise.all(outputs.map(async (output) => facts(await recordsIn(`${output}/captions.avro`))));
    expect(whole).toEqual(live);
    expect([...before!, ...behind!].toSorted()).toEqual(live);
    expect(Math.min(before!.length, behind!.length)).toBeGreaterThan(5);
  });

  it('goes on after Ctrl-C with the same command: no window twice, no call twice', async () => {
    // Eight windows are in flight at once, so that most are still to come when the first five have been asked for.
    const slow = await simulatorWith({ latency: 500 });
    try {
      const rig = await replayRig(slow);
      const past = `topic:${rig.input}`;
      await replayCommand(rig, past, async () => slow.journal.totals().requests >= 5);
      const written = (await captionsIn(rig.output)).length;
      expect(written).toBeGreaterThan(0);
      expect(written).toBeLessThan(36);
      await replayCommand(rig, past);
      expect(await replay(rig, past)).toMatchObject({ captioned: 0, skipped: 36 });
      const records = await captionsIn(rig.output);
      expect(new Set(records.map(({ id }) => id)).size).toBe(36);
      expect(records).toHaveLength(36);
      expect(slow.journal.totals().requests).toBe(36);
    } finally {
      await slow.close();
    }
  });

  it('makes no call with a warm ledger, and its records are those of the replay before to the byte, but for the fields that the docs name', async () => {
    const rig = await replayRig(simulator, { sensors: 2, windows: 10 });
    const past = `topic:${rig.input}`;
    const replays: CaptionRecord[][] = [];
    const asked: number[] = [];
    for (let round = 0; round < 3; round++) {
      const output = await makeTopic('captions');
      const before = simulator.journal.totals().requests;
      await replay({ ...rig, output }, past);
      asked.push(simulator.journal.totals().requests - before);
      replays.push((await captionsIn(output)).toSorted((a, b) => a.id.localeCompare(b.id)));
    }
    const { encode } = encoder('caption', Buffer.alloc(0));
    const bytesWithout = (records: readonly CaptionRecord[], fields: Partial<CaptionRecord>): string[] =>
      records.map((record) => encode({ ...record, ...fields }).toString('hex'));
    const clock = { publishedAtUs: 0 };
    const bill: Partial<CaptionRecord> = { cache: 'none', route: [], inputTokens: 0, outputTokens: 0, costUsd: null };
    expect(asked).toEqual([20, 0, 0]);
    expect(replays[1]).toHaveLength(20);
    expect(bytesWithout(replays[2]!, clock)).toEqual(bytesWithout(replays[1]!, clock));
    expect(bytesWithout(replays[1]!, { ...clock, ...bill })).toEqual(bytesWithout(replays[0]!, { ...clock, ...bill }));
  });
});
