import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pipelineModule, saccade } from './saccade.ts';

const folder = await mkdtemp(join(tmpdir(), 'saccade-bad-'));
const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

/** One clear message: it names what is wrong and the value found; exit 2; no stack trace. */
async function expectRefusal(args: readonly string[], ...parts: readonly (string | RegExp)[]): Promise<void> {
  const { code, stderr } = await saccade(args, { env: { SACCADE_TEST_KEY: 'sk-test' } });
  for (const part of parts) expect(stderr).toMatch(part);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
}

describe('bad input', () => {
  it('a file that is not a recording', async () => {
    await expectRefusal(['inspect', await file('diary.txt', 'Dear diary, today I saw no events at all.')], 'diary.txt');
  });

  it('a recording that does not exist', async () => {
    await expectRefusal(['inspect', join(folder, 'nowhere.raw')], 'nowhere.raw');
  });

  it('a header without geometry', async () => {
    await expectRefusal(['inspect', await file('sizeless.raw', '% evt 3.0\n% end\n\x00\x80\x00\x60')], 'sizeless.raw', /--width|width/);
  });

  it('a pipeline module with an unknown key', async () => {
    await expectRefusal(['check', await pipelineModule('snik: 1')], 'pipeline.ts', /unknown key 'snik'/);
  });

  it('a weight below zero', async () => {
    const body = "captioner: route({ targets: { a: openai({ model: 'gpt-4o', keys: envs('SACCADE_TEST_KEY') }) }, weights: { a: -1 } })";
    await expectRefusal(['check', await pipelineModule(body)], /weights/, /-1/);
  });

  it('a target named in fallbacks that does not exist', async () => {
    const body =
      "captioner: route({ targets: { a: openai({ model: 'gpt-4o', keys: envs('SACCADE_TEST_KEY') }) }, weights: { a: 1 }, fallbacks: { a: ['nobody'] } })";
    await expectRefusal(['check', await pipelineModule(body)], /fallbacks/, /nobody/);
  });

  it('a missing key variable', async () => {
    const body = "captioner: openai({ model: 'gpt-4o', keys: envs('SACCADE_NO_SUCH_KEY') })";
    const module = await pipelineModule(body);
    await expectRefusal(['check', module], /SACCADE_NO_SUCH_KEY.*not set/);
    await expectRefusal(['run', module], /SACCADE_NO_SUCH_KEY.*not set/);
  });

  it('a pipeline module that is not there, and one that exports something else', async () => {
    await expectRefusal(['run', join(folder, 'none.ts')], 'none.ts', 'no such file');
    await expectRefusal(['run', await file('odd.ts', 'export default 42;')], 'odd.ts', 'not a pipeline');
  });

  it('a command that does not exist, an option that does not exist', async () => {
    await expectRefusal(['captoin'], /captoin/);
    await expectRefusal(['demo', '--jsn'], /--jsn/);
  });

  it('shows the stack trace when asked to', async () => {
    const { code, stderr } = await saccade(['--verbose', 'inspect', await file('again.txt', 'no recording at all, but with --verbose')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\s+at /m);
  });

  it('a truncated recording is read as far as it goes, and what is left over is counted', async () => {
    const header = Buffer.from('% evt 3.0\n% geometry 1280x720\n% end\n');
    const words = Buffer.from(Uint16Array.of(0x8001, 0x6002, 0x0010, 0x2820).buffer);
    const path = await file('cut.raw', Buffer.concat([header, words, Buffer.of(0x21)]));
    const { code, stdout } = await saccade(['inspect', path, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ events: 1, counters: { leftoverBytes: 1 } });
    expect((await readFile(path)).byteLength).toBe(header.length + 9);
  });
});
