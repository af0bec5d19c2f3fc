import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { freePort } from '../kafka-broker/freePort.ts';
import { cpuSecondsOf } from '../test/rig/processes.ts';

/*
 * What it costs to go through a router: Saccade in the process, a bare undici loop, and the Portkey gateway from npm,
 * each in front of the same upstream. The upstream (and Portkey's client) have core 1, the router has core 0. 40 KB of
 * base64 in each request. CPU is the router's process; latency in the open loop counts from when a call was due.
 */
interface Row {
  rps: number;
  cpuMs: number;
  p50Ms: number;
  p99Ms: number;
  rssMb: number;
  errors: number;
}

const SECONDS = 6;
const RATE = 800;
const clients = ['saccade', 'bare', 'portkey'] as const;

export async function bench(): Promise<void> {
  const asJson = process.argv.includes('--json');
  const result: Record<string, object> = {};
  for (const client of clients) {
    const closed = await run(client, 0, 64, 0);
    const slow = await run(client, 50, 256, 0);
    const open = await run(client, 50, 0, RATE);
    const { rps, cpuMs } = closed;
    result[client] = { rps, cpuMs, p50Ms: open.p50Ms, p99Ms: open.p99Ms, rssMb: open.rssMb, closed, slow, open };
    if (!asJson) {
      process.stdout.write(`${client}\n`);
      for (const [name, row] of Object.entries({
        'closed, 0 ms, 64 at once': closed,
        'closed, 50 ms, 256 at once': slow,
        [`open, 50 ms, ${RATE}/s`]: open,
      })) {
        process.stdout.write(`  ${name.padEnd(28)} ${JSON.stringify(row)}\n`);
      }
    }
  }
  if (asJson) process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function run(client: (typeof clients)[number], delayMs: number, connections: number, rate: number): Promise<Row> {
  const upstream = pinned(1, ['bench/routing/upstream.ts', `${delayMs}`]);
  const url = `http://127.0.0.1:${((await once(upstream, 'message'))[0] as { port: number }).port}`;
  const gateway = client === 'portkey' ? await startPortkey() : undefined;
  const load = pinned(
    gateway ? 1 : 0,
    ['bench/routing/load.ts', client, gateway?.url ?? url, `${connections}`, `${rate}`, `${SECONDS}`],
    gateway ? { UPSTREAM: url } : {},
  );
  let cpuBeforeS = 0;
  try {
    for await (const [message] of messages(load)) {
      if ('measuring' in message) cpuBeforeS = gateway ? cpuSecondsOf(gateway.process.pid!) : 0;
      else return gateway ? asSeenAt(gateway.process.pid!, message as Row, cpuBeforeS) : (message as Row);
    }
    throw new Error(`${client} ended without a result`);
  } finally {
    upstream.kill();
    gateway?.process.kill();
  }
}

async function* messages(child: ChildProcess): AsyncGenerator<[object]> {
  for (;;) {
    const got = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)])) as [object] | undefined;
    if (!got) return;
    yield got;
  }
}

const pinned = (core: number, args: string[], env: Record<string, string> = {}): ChildProcess =>
  spawn('taskset', ['-c', `${core}`, process.execPath, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });

async function startPortkey(): Promise<{ process: ChildProcess; url: string }> {
  const port = await freePort();
  const gateway = spawn(
    'taskset',
    ['-c', '0', process.execPath, 'node_modules/@portkey-ai/gateway/build/start-server.js', `--port=${port}`, '--headless'],
    {
      stdio: 'ignore',
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return { process: gateway, url };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the Portkey gateway did not start');
}

/** Processor time and memory of the gateway instead of its client's. */
function asSeenAt(pid: number, row: Row, cpuBeforeS: number): Row {
  const served = row.rps * SECONDS;
  const rssMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  return { ...row, cpuMs: Math.round(((cpuSecondsOf(pid) - cpuBeforeS) / served) * 1e6) / 1000, rssMb };
}
