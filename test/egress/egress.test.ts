import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, type Server, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definePipeline } from '../../src/definePipeline.ts';
import { egressOf } from '../../src/egressOf.ts';
import { guardEgress } from '../../src/guardEgress.ts';
import { openai } from '../../src/interpret/providers/openai.ts';
import { kafkaSink } from '../../src/publish/sinks/kafkaSink.ts';
import { synthetic } from '../../src/consume/sources/synthetic.ts';
import { tumbling } from '../../src/frame/windows/tumbling.ts';
import { polarity } from '../../src/frame/renderers/polarity.ts';
import { memory } from '../../src/publish/sinks/memory.ts';
import { known } from '../../src/secret.ts';

const parts = (egress: readonly string[], more: object = {}): Parameters<typeof definePipeline>[0] => ({
  source: synthetic({ seconds: 1 }),
  window: tumbling({ everyMs: 33 }),
  renderer: polarity(),
  captioner: openai({ model: 'gpt-4o', keys: known('K', 'a-key') }),
  sink: memory(),
  deadLetters: memory(),
  egress,
  ...more,
});

describe('egress in a pipeline (issue 11)', () => {
  it('refuses a part that reaches another host, and names it, the host and the list', () => {
    expect(() => definePipeline(parts(['internal.example']))).toThrow(
      /egress: target openai\/gpt-4o sends frames, prompts, key to api\.openai\.com:443, which is not in \[internal\.example\]/,
    );
    const sink = kafkaSink({ brokers: ['broker.example:9092'], topic: 't' });
    expect(() => definePipeline(parts(['api.openai.com'], { sink }))).toThrow(/sink kafkaSink sends records to broker\.example:9092/);
  });

  it('takes the parts whose hosts are in the list, and leaves names to the run where addresses are allowed', () => {
    expect(definePipeline(parts(['api.openai.com:443'])).egress).toEqual(['api.openai.com:443']);
    expect(definePipeline(parts(['10.0.0.0/8'])).egress).toBeDefined();
  });

  it('names an entry that is none', () => {
    expect(() => definePipeline(parts(['https://api.openai.com']))).toThrow(/pipeline\.egress\.0.*https:\/\/api\.openai\.com/);
  });
});

describe('guardEgress (issue 11)', () => {
  let server: Server;
  let port: number;
  let accepted = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      accepted++;
      socket.end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  const outcome = (socket: ReturnType<typeof connect>): Promise<string> =>
    new Promise((resolve) => {
      socket.on('error', (error) => resolve(error.message)).on('data', (data) => resolve(String(data)));
    });
  const ways: readonly (readonly [string, () => ReturnType<typeof connect>])[] = [
    ['by port and host', () => connect(port, '127.0.0.1')],
    ['by options', () => connect({ port, host: '127.0.0.1' })],
    ['by a name', () => connect({ port, host: 'localhost', family: 4 })],
    ['by the default host', () => connect({ port, family: 4 })],
    ['over TLS', () => connectTls({ port, host: '127.0.0.1' })],
  ];

  it.each(ways)('%s: nothing reaches a host that is not allowed', async (_, open) => {
    const before = accepted;
    const end = guardEgress(egressOf(['10.0.0.0/8']));
    try {
      expect(await outcome(open())).toMatch(/egress: a connection to (127\.0\.0\.1|localhost):\d+ was refused.*\[10\.0\.0\.0\/8\]/);
      await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { message: expect.stringContaining('egress') } });
    } finally {
      end();
    }
    expect(accepted).toBe(before);
  });

  it.each(ways.slice(0, 4))('%s: a host that is allowed is reached, by name or by address', async (_, open) => {
    const end = guardEgress(egressOf(['127.0.0.0/8']));
    try {
      expect(await outcome(open())).toBe('hello');
    } finally {
      end();
    }
  });

  it('ends with the last run', async () => {
    const [first, second] = [guardEgress(egressOf(['10.0.0.1'])), guardEgress(egressOf(['10.0.0.1', '127.0.0.1']))];
    second();
    expect(await outcome(connect(port, '127.0.0.1'))).toContain('refused');
    first();
    expect(await outcome(connect(port, '127.0.0.1'))).toBe('hello');
  });
});

const inNamespace = (command: string): readonly [string, string[]] => [
  'unshare',
  ['--net', 'sh', '-c', `ip link set lo up && ip addr add 10.77.0.1/32 dev lo && ${command}`],
];
const canUnshare = spawnSync(...inNamespace('true')).status === 0;

it.skipIf(!canUnshare)('a run in a network of its own needs no other host, and reaches none (needs unshare and ip)', async () => {
  const script = fileURLToPath(new URL('namespaceRun.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(...inNamespace(`exec "${process.execPath}" --no-warnings "${script}"`));
  expect(JSON.parse(stdout)).toEqual({
    inside: { captions: 10, dead: 0 },
    refused: { captions: 0, error: expect.stringMatching(/egress: a connection to 10\.77\.0\.1:\d+ was refused/) },
    callsWhileGuarded: 0,
    callsAfter: 1,
  });
});
