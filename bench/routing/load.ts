import { Pool } from 'undici';
import { route } from '../../src/interpret/combinators/route.ts';
import { openai } from '../../src/interpret/providers/openai.ts';
import { known } from '../../src/secret.ts';

/*
 * One client of the benchmark, in a process of its own that is pinned to a core. It keeps `connections` calls going, or
 * starts `rate` a second whether or not the earlier ones have come back, and counts latency from the time at which a call
 * should have begun.
 *
 *   load.ts CLIENT URL CONNECTIONS RATE SECONDS      CLIENT: saccade, bare or portkey; RATE 0: closed loop
 */
const [client = '', url = '', connectionsText = '', rateText = '', secondsText = ''] = process.argv.slice(2);
const [connections, rate, seconds] = [Number(connectionsText), Number(rateText), Number(secondsText)];
const WARM_UP_S = 3;

const image = Buffer.alloc(30_720);
for (let i = 0; i < image.length; i++) image[i] = (i * 7919) >> 3;
let count = 0;

const calls: Readonly<Record<string, () => () => Promise<void>>> = { saccade, bare, portkey: bare };

const make = (name: string) =>
  openai({ model: 'gpt-4o', keys: known(name, 'sk-bench'), baseUrl: `${url}/v1`, concurrency: { start: 128, max: 1024 } });

/** Through a route over three targets, as a pipeline asks. */
function saccade(): () => Promise<void> {
  const captioner = route({
    targets: { a: make('a'), b: make('b'), c: make('c') },
    weights: { a: 0.5, b: 0.3, c: 0.2 },
    fallbacks: { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] },
  });
  return () => {
    const sha256 = (count++).toString(16).padStart(64, '0');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    captioner({
      id: sha256,
      sensor: 'bench',
      image: { bytes: image, mediaType: 'image/png', width: 346, height: 260, sha256 },
      window: { start: 0, end: 33_000, closedBy: 'time', count: 1000, on: 500, width: 346, height: 260, capturedAtUs: 0 },
      prompt: { system: SYSTEM, user: USER, maxOutputTokens: 80, hash: 'feedfeedfeedfeed' },
      route: [],
      deadlineMs: Infinity,
    }).subscribe({ complete: resolve, error: reject });
    return promise;
  };
}

const SYSTEM = 'You see pictures of an event camera: light pixels became brighter, dark ones darker. '.repeat(4);
const USER = 'Describe what moves, in one sentence.';

/** A bare loop over undici with the same body; for portkey with the headers that it wants. */
function bare(): () => Promise<void> {
  const pool = new Pool(new URL(url).origin, { connections: null, pipelining: 1 });
  const headers: Record<string, string> = { 'content-type': 'application/json', authorization: 'Bearer sk-bench' };
  const upstream = process.env['UPSTREAM'];
  if (upstream) Object.assign(headers, { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` });
  const [before = '', after = ''] = JSON.stringify({
    model: 'gpt-4o',
    messages: [
      { role: 'system', content: SYSTEM },
      {
        role: 'user',
        content: [
          { type: 'text', text: USER },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,<image>', detail: 'low' } },
        ],
      },
    ],
    max_completion_tokens: 80,
  }).split('<image>');
  return async () => {
    const base64 = image.toString('base64');
    const body = Buffer.allocUnsafeSlow(before.length + base64.length + after.length);
    body.write(before, 0, 'latin1');
    body.write(base64, before.length, 'latin1');
    body.write(after, before.length + base64.length, 'latin1');
    const reply = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body });
    const json = (await reply.body.json()) as { choices: { message: { content: string } }[] };
    if (!json.choices[0]!.message.content) throw new Error('no caption');
  };
}

const call = calls[client]!();
const latencies: number[] = [];
let errors = 0;
let measuring = false;

const one = async (dueMs: number): Promise<void> => {
  try {
    await call();
    if (measuring) latencies.push(performance.now() - dueMs);
  } catch {
    if (measuring) errors++;
  }
};

const endAt = performance.now() + (WARM_UP_S + seconds) * 1000;

async function untilTheEnd(): Promise<void> {
  while (performance.now() < endAt) await one(performance.now());
}

async function openLoop(): Promise<void> {
  const begun = performance.now();
  let started = 0;
  while (performance.now() < endAt) {
    const due = Math.floor(((performance.now() - begun) / 1000) * rate);
    while (started < due) void one(begun + (started++ / rate) * 1000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

let began = { cpu: process.cpuUsage(), at: performance.now() };
let peakRss = 0;
const watch = setInterval(() => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
}, 200);
setTimeout(() => {
  process.send?.({ measuring: true });
  measuring = true;
  began = { cpu: process.cpuUsage(), at: performance.now() };
}, WARM_UP_S * 1000);

await (rate > 0 ? openLoop() : Promise.all(Array.from({ length: connections }, untilTheEnd)));
const cpu = process.cpuUsage(began.cpu);
const tookS = (performance.now() - began.at) / 1000;
clearInterval(watch);
latencies.sort((a, b) => a - b);
const at = (share: number): number =>
  Math.round((latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0) * 100) / 100;
process.send?.({
  rps: Math.round(latencies.length / tookS),
  cpuMs: Math.round(((cpu.user + cpu.system) / 1000 / latencies.length) * 1000) / 1000,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  rssMb: Math.round(peakRss / 2 ** 20),
  errors,
});
process.exit(0);
