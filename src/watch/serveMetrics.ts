import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { PipelineError, messageOf } from '../errors.ts';
import { watchMetrics } from './watchMetrics.ts';

/** How long a part may take to answer whether it is connected, in milliseconds. */
const ANSWER_MS = 5000;

/** A part that may not be connected yet, or no longer. */
export interface Connected {
  readonly name: string;
  ready?(): Promise<void>;
}

/**
 * Serves until `end`: `/metrics` in Prometheus text, `/live` as long as the process answers at all, and `/ready`, which is
 * 503 with the reasons while one of `parts` is not connected. Throws CONFIG_INVALID when the port is taken.
 */
export async function serveMetrics(port: number, parts: readonly Connected[] = []): Promise<{ port: number; end: () => Promise<void> }> {
  const metrics = watchMetrics();
  const server = createServer((request, response) => void answer(request, response, metrics.registry, parts));
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

/** Never rejects. */
async function answer({ url }: IncomingMessage, response: ServerResponse, registry: Registry, parts: readonly Connected[]): Promise<void> {
  const send = (status: number, text: string): void => void response.writeHead(status).end(text);
  if (url === '/live') return send(200, 'live\n');
  if (url === '/ready') {
    const reasons = await whyNotReady(parts);
    return reasons ? send(503, reasons) : send(200, 'ready\n');
  }
  if (url !== '/metrics') return send(404, 'see /metrics, /live and /ready\n');
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
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

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new PipelineError('CONFIG_INVALID', `--metrics ${port}: ${cause.message}; choose another port`, { cause })),
    );
    server.listen(port, resolve);
  });
