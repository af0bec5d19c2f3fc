import { once } from 'node:events';
import { request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Registry } from 'prom-client';
import { listenAddress } from '../../src/listenAddress.ts';
import { startSimulator } from '../../src/sim/simulator.ts';
import { type ServedMetrics, serveMetrics } from '../../src/watch/serveMetrics.ts';

interface Reply {
  readonly status: number;
  readonly text: string;
}

const ask = (port: number, path: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });

describe('the server of metrics, and those who mean it ill (issue 11)', () => {
  let served: ServedMetrics;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    served = await serveMetrics({ port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await served.end();
    vi.restoreAllMocks();
  });

  it('listens on loopback alone', async () => {
    expect(served.url).toBe(`http://127.0.0.1:${served.port}`);
    const other = connect(served.port, '127.0.0.2');
    const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1', 'localhost.evil.example'])(
    'does not answer a page that calls it %j',
    async (host) => {
      expect(await ask(served.port, '/metrics', { headers: { host } })).toEqual({
        status: 421,
        text: expect.not.stringContaining('saccade'),
      });
    },
  );

  it.each(['localhost', '127.0.0.1:9464', '[::1]:9464', 'LOCALHOST:1'])('answers to %s', async (host) => {
    expect((await ask(served.port, '/live', { headers: { host } })).status).toBe(200);
  });

  it('takes no body, no long headers and no method but GET', async () => {
    expect((await ask(served.port, '/metrics', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await ask(served.port, '/metrics', { headers: { 'content-length': '1' }, body: 'x' })).status).toBe(413);
    expect((await ask(served.port, '/metrics', { headers: { 'x-long': 'x'.repeat(9000) } })).status).toBe(431);
    expect((await ask(served.port, '/%00..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });

  it('answers although 2,000 connections are held open, and keeps few of them', async () => {
    for (let n = 0; n < 2000; n++) {
      const socket = connect(served.port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      if (n % 50 === 49) await once(socket, 'connect');
    }
    expect((await ask(served.port, '/live')).status).toBe(200);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length).toBeLessThan(2000 + 100);
    const closed = sockets.slice(0, 1000).map((socket) => (socket.closed ? Promise.resolve() : once(socket, 'close')));
    await Promise.all(closed);
  });

  it('makes the text once for many who ask at the same time', async () => {
    const made = vi.spyOn(Registry.prototype, 'metrics');
    const replies = await Promise.all(Array.from({ length: 40 }, async () => ask(served.port, '/metrics')));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(made.mock.calls.length).toBeLessThan(20);
  });
});

it('the simulator on loopback does not answer a page that calls it by another name (issue 11)', async () => {
  const simulator = await startSimulator();
  try {
    expect((await ask(simulator.port, '/_sim/journal', { headers: { host: 'evil.example' } })).status).toBe(421);
    expect((await ask(simulator.port, '/_sim/journal')).status).toBe(200);
  } finally {
    await simulator.close();
  }
});

describe('listenAddress', () => {
  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0', { host: '127.0.0.1', port: 0 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['saccade:80', { host: 'saccade', port: 80 }],
    ['70000', undefined],
    [':80', undefined],
    ['::1:80', undefined],
    ['[x]:80', undefined],
    ['', undefined],
    ['9464 ', undefined],
    ['-1', undefined],
  ])('%j', (text, address) => {
    expect(listenAddress(text)).toEqual(address);
  });
});
