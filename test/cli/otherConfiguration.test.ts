import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCaptions } from '../../src/cli/support/readCaptions.ts';
import { loadPipeline } from '../../src/cli/support/loadPipeline.ts';
import { placeId } from '../../src/frame/windowing/placeId.ts';
import type { CaptionRecord } from '../../src/publish/captionRecord.ts';
import { avroFile } from '../../src/publish/sinks/avroFile.ts';
import { jsonl } from '../../src/publish/sinks/jsonl.ts';
import { runPipeline } from '../../src/runPipeline.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { type Outcome, projectRoot, saccade } from './saccade.ts';
import { evt3Recording } from './evt3Recording.ts';

let simulator: Simulator;
afterAll(async () => simulator.close());
interface Bench {
  readonly folder: string;
  readonly captions: string;
  /** A module with these parts in the place of its own. */
  readonly module: (parts?: string) => Promise<string>;
}

async function bench(kind: 'avro' | 'jsonl' = 'avro'): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'other-'));
  const recording = await evt3Recording(folder);
  let modules = 0;
  return {
    folder,
    captions: join(folder, 'out', `captions.${kind}`),
    async module(parts = '') {
      const file = join(folder, `pipeline-${modules++}.ts`);
      const sink = (name: string, more = ''): string =>
        `${kind === 'avro' ? 'avroFile' : 'jsonl'}({ path: out(${JSON.stringify(`${name}.${kind}`)})${more} })`;
      const text = `import * as s from ${JSON.stringify(join(projectRoot, 'src/index.ts'))};
const { avroFile, jsonl, openai, known, frameFolder, polarity, timeSurface, tumbling, refractory, describeEvents, houseStyle, recording } = s;
const out = (name: string): string => ${JSON.stringify(join(folder, 'out'))} + '/' + name;
const model = (name: string) => openai({ model: name, baseUrl: ${JSON.stringify(`${simulator.urls['openai']}`)}, keys: known('a', 'key-a') });
void [avroFile, jsonl, timeSurface, refractory, describeEvents, houseStyle];
export default s.definePipeline({
  source: recording({ file: ${JSON.stringify(recording)} }), window: tumbling({ everyMs: 33 }), renderer: polarity(), quietBelow: 0,
  captioner: model('gpt-4o'), frames: frameFolder({ path: out('frames') }), workers: 0,
  sink: ${sink('captions')}, deadLetters: ${sink('dead', kind === 'avro' ? ", schema: 'dead-letter'" : '')}, ${parts} });
`;
      await writeFile(file, text);
      return file;
    },
  };
}

const run = async (module: string, ...flags: string[]): Promise<Outcome & { readonly captioned: number; readonly skipped: number }> => {
  const outcome = await saccade(['run', module, '--json', ...flags]);
  const summary = JSON.parse(outcome.stdout || '{}') as { captioned: number; skipped: number };
  return { ...outcome, captioned: summary.captioned, skipped: summary.skipped };
};
const calls = (): number => simulator.journal.totals().requests;
const rowsOf = async (path: string): Promise<CaptionRecord[]> => (await readCaptions(path)).rows as unknown as CaptionRecord[];

/** Everything in the folder of outputs. */
async function contents(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(files.map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'base64')] as const)),
  );
}

/** An output of the pipeline as it is, and one whose companion is gone; what they hold before anything is tried. */
type Made = Bench & { readonly before: Record<string, string> };
let outputs: Promise<readonly Made[]>;
beforeAll(async () => {
  simulator = await startSimulator({ vendors: { openai: {} } });
  outputs = Promise.all(
    [true, false].map(async (isKnown) => {
      const made = await bench();
      await run(await made.module());
      if (!isKnown) await rm(`${made.captions}.index`);
      return { ...made, before: await contents(join(made.folder, 'out')) };
    }),
  );
});

/** What is changed, how, and what the message says of it; whether the records alone tell it. */
const changes: [what: string, parts: string, told: RegExp, toldByRecords: boolean][] = [
  ['renderer', 'renderer: timeSurface({ tauMs: 30 })', /renderer: polarity\(.*this pipeline: timeSurface\(\{.*tauMs: 30/, true],
  [
    'option of the renderer',
    "renderer: polarity({ palette: 'grey' })",
    /renderer: polarity\(\{palette: "dark".*polarity\(\{palette: "grey"/,
    true,
  ],
  ['window', 'window: tumbling({ everyMs: 50 })', /window: tumbling\(\{everyMs: 33.*tumbling\(\{everyMs: 50/, false],
  ['model', "captioner: model('gpt-4o-mini')", /models: openai\/gpt-4o \(openai gpt-4o.*openai\/gpt-4o-mini \(openai gpt-4o-mini/, true],
  ['prompt', 'prompt: describeEvents({ structured: true })', /prompt: describeEvents@.*structured: true/, false],
  ['normaliser', "normalise: houseStyle({ form: 'tags' })", /options of the normaliser: .*form: "tags"/, false],
  ['filter', 'filters: [refractory()]', /filters: none, this pipeline: refractory\(/, false],
  ['quietBelow', 'quietBelow: 0.01', /quietBelow: 0, this pipeline: 0.01/, false],
];

describe('an output of another configuration (issue 11)', () => {
  it.each(changes)('is refused, untouched, with the difference in words and the ways on: %s', async (_what, parts, told, toldByRecords) => {
    const [known, unknown] = (await outputs) as [Made, Made];
    const asked = calls();
    const refused = await run(await known.module(parts));
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(told) as string });
    for (const words of [known.captions, '--into', '--add', '--replace']) expect(refused.stderr).toContain(words);
    // Without a companion the records say what they can.
    const { code, stderr } = await run(await unknown.module(parts));
    expect([code, stderr]).toEqual([2, expect.stringMatching(toldByRecords ? told : /do not tell what differs of .*window/)]);
    expect(calls()).toBe(asked);
  });

  it('is refused by check too; neither has touched it, and the pipeline that made it goes on', async () => {
    const [known, unknown] = (await outputs) as [Made, Made];
    const checked = await saccade(['check', await known.module('renderer: timeSurface()')]);
    expect([checked.code, checked.stderr]).toEqual([2, expect.stringMatching(/renderer: polarity\(.*this pipeline: timeSurface/)]);
    expect((await saccade(['check', await known.module()])).code).toBe(0);
    for (const { folder, module, before } of [known, unknown]) {
      expect(await contents(join(folder, 'out'))).toEqual(before);
      expect(await run(await module())).toMatchObject({ code: 0, captioned: 0, skipped: 10 });
    }
  });

  it('is left alone by --into, which puts all outputs into a folder', async () => {
    const { folder, module } = await bench('jsonl');
    await run(await module());
    const before = await contents(join(folder, 'out'));
    const [other, into] = [await module('renderer: timeSurface()'), join(folder, 'new')];
    expect(await run(other, '--into', into)).toMatchObject({ code: 0, captioned: 10 });
    expect(await contents(join(folder, 'out'))).toEqual(before);
    expect((await readdir(into)).filter((name) => !name.includes('.index')).toSorted()).toEqual(['captions.jsonl', 'dead.jsonl', 'frames']);
    expect((await rowsOf(join(into, 'captions.jsonl')))[0]!.frame!.path).toContain(into);
    expect(await run(other, '--into', into)).toMatchObject({ code: 0, captioned: 0, skipped: 10 });
  });

  it('is no folder for --into where it is a file, which is said, and left as it is', async () => {
    const { captions, module } = await bench('jsonl');
    await run(await module());
    const before = await readFile(captions, 'utf8');
    const { code, stderr } = await run(await module(), '--into', captions);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no folder; name another path/)]);
    expect(await readFile(captions, 'utf8')).toBe(before);
  });

  it('goes on with --add: what is in it stays, other windows are added, and both pipelines go on then', async () => {
    const { captions, module } = await bench('jsonl');
    await run(await module());
    const before = await rowsOf(captions);
    expect(await run(await module('renderer: timeSurface()'), '--add')).toMatchObject({ code: 0, captioned: 0, skipped: 10 });
    const window = await module('window: tumbling({ everyMs: 50 })');
    expect(await run(window, '--add')).toMatchObject({ code: 0, captioned: 6, skipped: 0 });
    expect((await rowsOf(captions)).slice(0, 10)).toEqual(before);
    expect(await run(window)).toMatchObject({ code: 0, captioned: 0, skipped: 6 });
    expect(await run(await module())).toMatchObject({ code: 0, captioned: 0, skipped: 10 });
    expect(await run(await module('quietBelow: 0.3'))).toMatchObject({ code: 2 });
  });

  it('is moved aside by --replace with all that belongs to it, to names that say when', async () => {
    const { folder, captions, module } = await bench();
    await run(await module());
    const before = await contents(join(folder, 'out'));
    const other = await module('renderer: timeSurface()');
    expect(await run(other, '--replace')).toMatchObject({ code: 0, captioned: 10, skipped: 0 });
    const names = await readdir(join(folder, 'out'));
    const aside = names.find((name) => /^captions\.until-\d{4}-\d\d-\d\dT[\d-]+Z\.avro$/.test(name))!;
    expect(await readFile(join(folder, 'out', aside), 'base64')).toBe(before['captions.avro']);
    expect(names.filter((name) => /^(dead|frames)\.until-/.test(name))).toHaveLength(2);
    expect((await rowsOf(captions)).map(({ renderer }) => renderer)).toEqual(Array.from({ length: 10 }, () => 'timeSurface'));
    // The same configuration goes on, whatever the flag.
    expect(await run(other, '--replace')).toMatchObject({ code: 0, captioned: 0, skipped: 10 });
    // Of one that several have made, too, also where this configuration is among them.
    await run(await module(), '--add');
    expect(await run(other, '--replace')).toMatchObject({ code: 0, captioned: 10, skipped: 0 });
    expect((await readdir(join(folder, 'out'))).filter((name) => /^(captions|dead|frames)\.until-/.test(name))).toHaveLength(6);
  });

  it('is not moved while another run has a file of it', async () => {
    const { folder, module } = await bench('jsonl');
    await run(await module());
    const other = await module('renderer: timeSurface()');
    const before = await readdir(join(folder, 'out'));
    const running = jsonl<CaptionRecord>({ path: join(folder, 'out', 'captions.jsonl') });
    await running.open!();
    expect(await run(other, '--replace')).toMatchObject({ code: 1, stderr: expect.stringContaining('another run') as string });
    await running.close!();
    expect(await readdir(join(folder, 'out'))).toEqual(before);
  });

  it('is no other one where sources, limits, workers or the brake changed; another recording is added', async () => {
    const { folder, captions, module } = await bench();
    await run(await module());
    const more = await mkdtemp(join(folder, 'more-'));
    const copy = join(more, 'other.raw');
    await writeFile(copy, await readFile(join(folder, 'dot.raw')));
    const source = (options: string): string => `source: recording({ file: ${JSON.stringify(copy)}, ${options} })`;
    expect(
      await run(await module(`gate: { windows: 4 }, mode: 'live', encoders: 1, ${source("sensor: 'dot', packetBytes: 700")}`)),
    ).toMatchObject({
      code: 0,
      captioned: 0,
      skipped: 10,
    });
    expect(await run(await module(source('packetBytes: 9000')), '--workers', '1')).toMatchObject({ code: 0, captioned: 10, skipped: 0 });
    expect(new Set((await rowsOf(captions)).map(({ id }) => id)).size).toBe(20);
  });

  it('of version 0.1.0, whose ids have 24 digits, is continued where it is the same one, and refused where not', async () => {
    const { folder, captions, module } = await bench();
    const file = await module();
    await run(file, '--into', join(folder, 'now'));
    const records = await rowsOf(join(folder, 'now/captions.avro'));
    const sink = avroFile<CaptionRecord>({ path: captions });
    await sink.open!();
    const old = records.slice(0, 4).map((record) => {
      const { source, sensor, startUs } = record;
      return { ...record, id: placeId({ sensor, start: startUs, position: { ...source, source: source.name } }) };
    });
    for (const record of old) await sink.write(record, {} as never);
    await sink.close!();
    await rm(`${captions}.index`, { force: true });
    expect((await run(await module('renderer: timeSurface()'))).stderr).toMatch(/renderer: polarity\(.*this pipeline: timeSurface/);
    expect(await run(file)).toMatchObject({ code: 0, captioned: 6, skipped: 4 });
    const after = await rowsOf(captions);
    expect(after.map(({ startUs }) => startUs).toSorted()).toEqual(records.map(({ startUs }) => startUs).toSorted());
    expect(after.slice(4).every(({ id }) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });

  it('is told to programs too: runPipeline has the option', async () => {
    const { module } = await bench();
    const stop = new AbortController().signal;
    await runPipeline(await loadPipeline(await module()), stop);
    const other = await loadPipeline(await module('renderer: timeSurface()'));
    await expect(runPipeline(other, stop)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('otherRecords') as string,
    });
    await runPipeline(other, stop, { otherRecords: 'add' });
  });
});
