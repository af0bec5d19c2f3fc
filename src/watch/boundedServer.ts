import { type RequestListener, type Server, createServer } from 'node:http';
import type { Socket } from 'node:net';

/** What clients may cost at most; far more than Prometheus and a few probes need. */
const MOST_CONNECTIONS = 64;
const MOST_HEADER_BYTES = 8192;
/** How long a request may take to come, and a reply to be read, in milliseconds. */
const LONGEST_MS = 10_000;

/**
 * A server for a few readers, which cannot be made to hold much: of too many connections the oldest is closed, so that those who
 * hold theirs open keep nobody out. Requests have no body.
 */
export function boundedServer(answer: RequestListener): Server {
  const limits = {
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: LONGEST_MS,
    requestTimeout: LONGEST_MS,
    keepAliveTimeout: LONGEST_MS,
    connectionsCheckingInterval: LONGEST_MS,
  };
  const server = createServer(limits, (request, response) => {
    const { method, headers } = request;
    if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end('only GET\n');
    else if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
      response.writeHead(413, { connection: 'close' }).end('requests here have no body\n');
    else answer(request, response);
  });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    const [oldest] = open;
    if (oldest && open.size >= MOST_CONNECTIONS) oldest.destroy();
    open.add(socket);
    socket.setTimeout(LONGEST_MS, () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  });
  return server;
}
