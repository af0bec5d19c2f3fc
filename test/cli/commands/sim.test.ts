import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openai, picture } from '../../sim/asking.ts';
import { saccade } from '../saccade.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

async function vendorsFile(content: object): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'saccade-sim-')), 'vendors.json');
  await writeFile(file, JSON.stringify(content));
  return file;
}

describe('saccade sim', () => {
  it('serves until it is stopped, then prints its totals', async () => {
    const file = await vendorsFile({
      scenarios: { calm: {}, stormy: { vendors: { openai: { faults: [{ fault: 'server_error', first: 1 }] } } } },
    });
    const child = spawn(process.execPath, [main, 'sim', '--port', '0', '--vendors', file, '--scenario', 'stormy', '--json']);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const read = async (): Promise<Record<string, unknown>> => JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
    const { url } = await read();
    const image = await picture([{ x: 20, y: 80, width: 50, height: 60 }]);
    expect((await openai(String(url), { image })).status).toBe(500);
    expect((await openai(String(url), { image })).status).toBe(200);
    child.kill('SIGTERM');
    expect(await read()).toMatchObject({ requests: 2, ok: 1, byStatus: { 500: 1, 200: 1 } });
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('refuses options that are wrong, and names the field', async () => {
    const file = await vendorsFile({ vendors: { openai: { faults: [{ fault: 'meteor' }] } } });
    const { code, stderr } = await saccade(['sim', '--vendors', file]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/simulator\.vendors\.openai\.faults\.0\.fault.*meteor/s)]);
  });

  it('names the scenarios there are', async () => {
    const file = await vendorsFile({ scenarios: { calm: {}, stormy: {} } });
    const { code, stderr } = await saccade(['sim', '--vendors', file, '--scenario', 'sunny']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/sunny.*calm, stormy/s)]);
  });
});
