import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { PipelineError, messageOf } from '../errors.ts';
import { type ListenAddress, LOOPBACK, authority, isMeantForUs } from '../listenAddress.ts';
import { boundedServer } from './boundedServer.ts';
import { watchMetrics } from './watchMetrics.ts';

/** How long a part may take to answer whether it is connected, in milliseconds. */
const ANSWER_MS = 5000;

/** A part that may not be connected yet, or no longer. */
export interface Connected {
  readonly name: string;
  ready?(): Promise<void>;
}

/** What is served, and how it ends. */
export interface ServedMetrics {
  readonly port: number;
  /** `http://HOST:PORT` */
  readonly url: string;
  end(): Promise<void>;
}

/**
 * Serves until `end`: `/metrics` in Prometheus text, `/live` as long as the process answers at all, and `/ready`, which is
 * 503 with the reasons while one of `parts` is not connected. Throws CONFIG_INVALID when the port is taken.
 */
export async function serveMetrics({ host = LOOPBACK, port }: ListenAddress, parts: readonly Connected[] = []): Promise<ServedMetrics> {
  const metrics = watchMetrics();
  const text = sharedText(metrics.registry);
  const server = boundedServer((request, response) => {
    if (isMeantForUs(request, host)) void answer(request, response, { text, contentType: metrics.registry.contentType, parts });
    else response.writeHead(421).end(`this is ${authority({ host, port })}\n`);
  });
  await listening(server, { host, port });
  const address = server.address();
  const listensOn = typeof address === 'object' && address ? address.port : port;
  return {
    port: listensOn,
    url: `http://${authority({ host, port: listensOn })}`,
    end: async () => {
      metrics.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A text is served again until ten times as long has passed as it took to make: scrapes take a tenth of the processor at most. */
const REUSE = 10;

function sharedText(registry: Registry): () => Promise<string> {
  let made: Promise<string> | undefined;
  let madeUntil = 0;
  return () => {
    if (made && performance.now() < madeUntil) return made;
    const beganMs = performance.now();
    madeUntil = Infinity;
    made = registry.metrics().finally(() => {
      const nowMs = performance.now();
      madeUntil = nowMs + REUSE * (nowMs - beganMs);
    });
    return made;
  };
}

interface Served {
  readonly text: () => Promise<string>;
  readonly contentType: string;
  readonly parts: readonly Connected[];
}

/** Never rejects. */
async function answer({ url }: IncomingMessage, response: ServerResponse, { text, contentType, parts }: Served): Promise<void> {
  const send = (status: number, body: string): void => void response.writeHead(status).end(body);
  if (url === '/live') return send(200, 'live\n');
  if (url === '/ready') {
    const reasons = await whyNotReady(parts);
    return reasons ? send(503, reasons) : send(200, 'ready\n');
  }
  if (url !== '/metrics') return send(404, 'see /metrics, /live and /ready\n');
  try {
    const body = await text();
    response.writeHead(200, { 'content-type': contentType }).end(body);
  } catch {
    send(500, '');
  }
}

/** One line for each part that is not connected. */
async function whyNotReady(parts: readonly Connected[]): Promise<string> {
  const reasons = parts.map(async (part) => {
    try {
      const isLate = await Promise.race([part.ready?.(), sleep(ANSWER_MS, true, { ref: false })]);
      return isLate ? `${part.name}: no answer within ${ANSWER_MS / 1000} s\n` : '';
    } catch (error) {
      return `${part.name}: ${messageOf(error)}\n`;
    }
  });
  return (await Promise.all(reasons)).join('');
}

const listening = (server: Server, { host, port }: Required<ListenAddress>): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new PipelineError('CONFIG_INVALID', `--metrics ${authority({ host, port })}: ${cause.message}; choose another port`, { cause }),
      ),
    );
    server.listen(port, host, resolve);
  });
