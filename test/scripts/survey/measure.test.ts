import { describe, expect, it } from 'vitest';
import { whyNot } from '../../../scripts/survey/importRules.ts';
import { fileCircles, folderCircles, notNamedAsExport, notPlugins, shadowsOfRxjs } from '../../../scripts/survey/measure.ts';
import { readSource } from '../../../scripts/survey/readTree.ts';

const importing = (path: string, ...imports: string[]) => readSource(path, imports.map((to) => `import '${to}';`).join('\n'));

describe('imports', () => {
  it('may go down, within a room, and to a neighbour on the same floor', () => {
    expect(whyNot('src/interpret/captioner.ts', 'src/frame/frame.ts')).toBeUndefined();
    expect(whyNot('src/interpret/routing/scheduler.ts', 'src/interpret/captioner.ts')).toBeUndefined();
    expect(whyNot('src/avro/wireFormat.ts', 'src/kafka/client/schemaRegistry.ts')).toBeUndefined();
  });

  it('may not go up, to the entry least of all', () => {
    expect(whyNot('src/kafka/client/connection.ts', 'src/consume/source.ts')).toMatch(/above its own/);
    expect(whyNot('src/cli/main.ts', 'src/index.ts')).toMatch(/above its own/);
  });

  it('may not name a plug-in from a stage, but from the entry and from another plug-in', () => {
    expect(whyNot('src/interpret/interpret.ts', 'src/interpret/providers/openai.ts')).toMatch(/plug-in/);
    expect(whyNot('src/index.ts', 'src/interpret/providers/openai.ts')).toBeUndefined();
    expect(whyNot('src/interpret/providers/azureOpenai.ts', 'src/interpret/upstream/wires/chat.ts')).toBeUndefined();
  });
});

describe('the survey', () => {
  it('finds circles of files and of folders', () => {
    const files = [
      importing('src/a/one.ts', './two.ts'),
      importing('src/a/two.ts', '../b/three.ts'),
      importing('src/b/three.ts', '../a/one.ts'),
      importing('src/b/four.ts', './three.ts'),
    ];
    expect(fileCircles(files)).toEqual(['src/a/one.ts, src/a/two.ts, src/b/three.ts']);
    expect(folderCircles(files)).toEqual(['src/a, src/b']);
  });

  it('compares the name of a file with its exports: a function, a type or a constant', () => {
    const files = ['gate.ts', 'brake.ts', 'main.ts'].map((name) => readSource(`src/stage/${name}`, 'export class Gate {}'));
    const constant = readSource('src/frame/longSide.ts', 'export const LONG_SIDE = 512;');
    expect(notNamedAsExport([...files, constant])).toEqual(['src/stage/brake.ts: Gate']);
  });

  it('finds files beside plug-ins that others there import', () => {
    const files = [
      importing('src/publish/sinks/jsonl.ts', './lines.ts'),
      importing('src/publish/sinks/csv.ts', './lines.ts', '../sink.ts'),
    ];
    expect(notPlugins(files)).toEqual(['src/publish/sinks/lines.ts: imported by jsonl.ts, csv.ts']);
  });

  it('finds names of the entry that are names of RxJS', () => {
    expect(shadowsOfRxjs([readSource('src/index.ts', "export { retry, route } from './all.ts';")])).toEqual(['retry']);
  });
});
