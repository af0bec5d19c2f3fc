import { type Server, createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { DecodeCounters } from '../decode/decoder.ts';
import { PipelineError, messageOf } from '../errors.ts';
import type { Attempt } from '../interpret/caption.ts';
import type { NormalisedCaption } from '../normalise/normalise.ts';
import { listen } from '../stage/report.ts';
import { driftSample } from './driftSample.ts';

const SECONDS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How long a part may take to say whether it is connected, in milliseconds. */
const ANSWER_MS = 5000;

/** A part that may not be connected yet, or no longer. */
export interface Connected {
  readonly name: string;
  ready?(): Promise<void>;
}

/** Prometheus metrics of the running pipelines, fed through the side door alone. */
export function watchMetrics(): { registry: Registry; end: () => void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const items = new Counter({
    name: 'saccade_items_total',
    help: 'Items by stage and outcome',
    labelNames: ['stage', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'saccade_stage_seconds',
    help: 'Seconds per item and stage',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  });
  const requests = new Counter({
    name: 'saccade_requests_total',
    help: 'Calls by target and outcome',
    labelNames: ['target', 'outcome'],
    registers,
  });
  const latency = new Histogram({
    name: 'saccade_request_seconds',
    help: 'Seconds per call',
    labelNames: ['target'],
    buckets: SECONDS,
    registers,
  });
  const tokens = new Counter({ name: 'saccade_tokens_total', help: 'Billed tokens', labelNames: ['target', 'direction'], registers });
  const cost = new Counter({
    name: 'saccade_cost_usd_total',
    help: 'USD spent, where the price is known',
    labelNames: ['target'],
    registers,
  });
  const gateWindows = new Gauge({ name: 'saccade_gate_windows', help: 'Windows on their way to a record', registers });
  const gateBytes = new Gauge({ name: 'saccade_gate_bytes', help: 'Bytes held by these windows', registers });
  const gateShut = new Gauge({ name: 'saccade_gate_shut', help: '1 while no packet is pulled', registers });
  const limits = new Gauge({
    name: 'saccade_limit',
    help: 'State of a target: numbers as they are, true as 1',
    labelNames: ['target', 'state'],
    registers,
  });
  const deadLetters = new Counter({ name: 'saccade_dead_letters_total', help: 'Rejected items', labelNames: ['stage', 'code'], registers });
  const joins = new Counter({ name: 'saccade_group_joins_total', help: 'How often the group gave out its partitions', registers });
  const partitions = new Gauge({ name: 'saccade_group_partitions', help: 'Partitions that are read here', registers });
  const groupShare = new Gauge({ name: 'saccade_group_share', help: 'Part of all partitions, and so of every rate limit', registers });
  const buffered = new Gauge({
    name: 'saccade_source_bytes',
    help: 'Bytes of packets that wait in the source',
    labelNames: ['partition'],
    registers,
  });
  const decoder = new Gauge({
    name: 'saccade_decode',
    help: 'Counters of a decoder since its start',
    labelNames: ['sensor', 'counter'],
    registers,
  });
  const dropped = new Gauge({
    name: 'saccade_events_dropped',
    help: 'Events in no window since the start: late ones, and those of each filter',
    labelNames: ['sensor', 'reason'],
    registers,
  });

  const flags = new Counter({ name: 'saccade_caption_flags_total', help: 'Flags of captions', labelNames: ['target', 'flag'], registers });
  const sample = driftSample();
  let measuredAt = -Infinity;
  const drift: Gauge = new Gauge({
    name: 'saccade_caption_drift',
    help: 'How well the target is guessed from a sample of its captions: raw, normalised, and by chance',
    labelNames: ['captions'],
    registers,
    collect() {
      // Measured when asked for, once a minute at most: it costs some hundred milliseconds.
      if (performance.now() - measuredAt < 60_000) return;
      const found = sample.measure();
      if (!found) return;
      measuredAt = performance.now();
      for (const [captions, share] of Object.entries(found)) drift.set({ captions }, share as number);
    },
  });

  const ends = [
    listen('stage', ({ stage, ms, error, out }) => {
      items.inc({ stage, outcome: error === undefined ? 'ok' : 'failed' });
      seconds.observe({ stage }, ms / 1000);
      if (stage !== 'normalise' || error !== undefined) return;
      const caption = out as NormalisedCaption;
      sample.see(caption);
      for (const flag of caption.draft?.flags ?? []) flags.inc({ target: caption.answer?.target ?? '', flag });
    }),
    listen('attempt', (message) => {
      const { target, outcome, ms, inputTokens, outputTokens, costUsd } = message as Attempt;
      requests.inc({ target, outcome });
      latency.observe({ target }, ms / 1000);
      tokens.inc({ target, direction: 'in' }, inputTokens);
      tokens.inc({ target, direction: 'out' }, outputTokens);
      cost.inc({ target }, costUsd ?? 0);
    }),
    listen('gate', ({ windows, bytes, shut }) => {
      gateWindows.set(windows);
      gateBytes.set(bytes);
      gateShut.set(shut ? 1 : 0);
    }),
    listen('limit', ({ target, ...states }) => {
      for (const [state, value] of Object.entries(states)) {
        if (typeof value === 'number' || typeof value === 'boolean') limits.set({ target, state }, Number(value));
      }
    }),
    listen('reject', ({ stage, code }) => deadLetters.inc({ stage, code })),
    listen('assigned', (assigned) => {
      joins.inc();
      partitions.set(assigned.partitions);
      groupShare.set(assigned.share);
    }),
    listen('buffered', ({ partition, bytes }) => buffered.set({ partition }, bytes)),
    listen('decode', ({ sensor, counters }) => {
      for (const [counter, value] of Object.entries(counters as DecodeCounters)) decoder.set({ sensor, counter }, value as number);
    }),
    listen('cut', ({ sensor, counters }) => {
      for (const [reason, value] of Object.entries(counters)) dropped.set({ sensor, reason }, value);
    }),
  ];
  return {
    registry,
    end: () => {
      for (const end of ends) end();
    },
  };
}

/**
 * Serves until `end`: `/metrics` in Prometheus text, `/live` as long as the process answers at all, and `/ready`, which is
 * 503 with the reasons while one of `parts` is not connected. Throws CONFIG_INVALID when the port is taken.
 */
export async function serveMetrics(port: number, parts: readonly Connected[] = []): Promise<{ port: number; end: () => Promise<void> }> {
  const metrics = watchMetrics();
  const server = createServer((request, response) => {
    const answer = (status: number, text: string): void => void response.writeHead(status).end(text);
    if (request.url === '/live') answer(200, 'live\n');
    else if (request.url === '/ready') void whyNotReady(parts).then((why) => (why ? answer(503, why) : answer(200, 'ready\n')));
    else if (request.url !== '/metrics') answer(404, 'see /metrics, /live and /ready\n');
    else {
      metrics.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
        () => answer(500, ''),
      );
    }
  });
  await listening(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    end: async () => {
      metrics.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One line for each part that is not connected. */
async function whyNotReady(parts: readonly Connected[]): Promise<string> {
  const whys = parts.map(async (part) => {
    try {
      const isLate = await Promise.race([part.ready?.(), sleep(ANSWER_MS, true, { ref: false })]);
      return isLate ? `${part.name}: no answer within ${ANSWER_MS / 1000} s\n` : '';
    } catch (error) {
      return `${part.name}: ${messageOf(error)}\n`;
    }
  });
  return (await Promise.all(whys)).join('');
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new PipelineError('CONFIG_INVALID', `--metrics ${port}: ${cause.message}; choose another port`, { cause })),
    );
    server.listen(port, resolve);
  });
