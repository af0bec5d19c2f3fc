import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonl } from '../../src/publish/sinks/jsonl.ts';
import { position } from '../stage/items.ts';

const sinkModule = fileURLToPath(new URL('../../src/publish/sinks/jsonl.ts', import.meta.url));
/** Opens the file, writes a record, says so, and holds it until it is killed. */
const holder = `
  const { jsonl } = await import(${JSON.stringify(sinkModule)});
  const sink = jsonl({ path: process.argv[1] });
  await sink.open().then(
    async () => { await sink.write({ id: 'of the other', caption: '' }); console.log('holds'); setInterval(() => {}, 1000); },
    (error) => console.log(error.code + ' ' + error.message),
  );`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-writers-'));
});
afterAll(async () => rm(folder, { recursive: true }));

/** Another process that opens the file, and what it says. */
async function other(path: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

describe('a file of records that two processes open', () => {
  it('is refused to the second, and free at once when the first was killed: what that had acknowledged is there (issue 11)', async () => {
    const path = join(folder, 'killed.jsonl');
    const { child, said } = await other(path);
    expect(said).toBe('holds');
    await expect(jsonl({ path }).open?.()).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining(path) });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const sink = jsonl<{ id: string; caption: string }>({ path });
    await sink.open?.();
    expect(sink.has?.('of the other')).toBe(true);
    await sink.write({ id: 'ours', caption: '' }, position());
    await sink.close?.();
    expect((await readFile(path, 'utf8')).split('\n')).toEqual(['{"id":"of the other","caption":""}', '{"id":"ours","caption":""}', '']);
  });

  it('stays with the first while that drains, and loses nothing of it (issue 11)', async () => {
    const path = join(folder, 'drains.jsonl');
    const sink = jsonl<{ id: string; caption: string }>({ path });
    await sink.open?.();
    await sink.write({ id: 'a', caption: '' }, position());
    const { child, said } = await other(path);
    await once(child, 'exit');
    expect(said).toMatch(/^SINK_FAILED .*drains\.jsonl is being written by another run/);
    await sink.write({ id: 'b', caption: '' }, position());
    await sink.close?.();
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3);
  });
});
