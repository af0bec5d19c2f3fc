import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOwnKafka, ownKafka } from './kafka.ts';

const recipe = new URL('../../kafka-broker/localBroker.ts', import.meta.url).href;
const script = `
  const { startLocalBroker } = await import('${recipe}');
  const { brokers } = await startLocalBroker({ version: '${ownKafka}' });
  process.stdout.write(brokers[0]);`;

const answers = (address: string): Promise<boolean> => {
  const [host, port] = address.split(':');
  const socket = connect({ host: host!, port: Number(port) });
  const answer = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  return answer.finally(() => socket.destroy());
};

describeOwnKafka('the local broker', () => {
  it('ends with who started it, however that one ended, and leaves nothing behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saccade-orphan-'));
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const address = String((await once(parent.stdout, 'data'))[0]);
    expect(await answers(address)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => answers(address), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual([]);
    await rmdir(folder);
  });
});
