/*
 * An upstream on raw sockets that fails on purpose, after the idea of FailoverBench: it can do what an HTTP framework cannot
 * (reset before the first byte, stop in mid-body, keep silent with the socket open). It speaks OpenAI chat completions:
 *   request  = start-line CRLF *(header CRLF) CRLF body, the body by content-length or chunked
 *   response = "HTTP/1.1 200 OK" CRLF headers CRLF JSON
 * It records every attempt: the model, which attempt of it, when, and when the client closed the connection.
 */
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';

/** What the server does with one attempt. */
export type Behaviour =
  | { readonly do: 'answer'; readonly afterMs?: number; readonly headersFirst?: boolean; readonly keepOpen?: boolean }
  | { readonly do: 'status'; readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly do: 'reset' }
  | { readonly do: 'silence'; readonly forMs: number }
  /** Headers and this share of the body; then the socket ends at once, or after so long. */
  | { readonly do: 'part'; readonly share: number; readonly forMs?: number }
  | { readonly do: 'raw'; readonly body: string };

export interface ServedAttempt {
  readonly model: string;
  /** From 1, for each model. */
  readonly n: number;
  /** Since the server was started. */
  readonly atMs: number;
  readonly hasImage: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  /** When the client closed the socket before it had the whole answer. */
  closedByClientMs?: number;
}

export interface FaultyServer {
  readonly url: string;
  readonly attempts: readonly ServedAttempt[];
  of(model: string): readonly ServedAttempt[];
  /** Milliseconds since the start. */
  now(): number;
  close(): Promise<void>;
}

/** Sixty words: completeness is exact comparison. */
export const healthyText = Array.from({ length: 60 }, (_, i) => `word${i + 1}`).join(' ');
export const healthyUsage = { prompt_tokens: 321, completion_tokens: 60, total_tokens: 381 } as const;

export async function startFaultyServer(behave: (attempt: ServedAttempt) => Behaviour): Promise<FaultyServer> {
  const start = performance.now();
  const attempts: ServedAttempt[] = [];
  const sockets = new Set<Socket>();
  const now = (): number => performance.now() - start;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let open: ServedAttempt | undefined;
    socket.on('close', () => {
      sockets.delete(socket);
      if (open) open.closedByClientMs ??= now();
    });
    // A client may reset the connection; `close` follows.
    socket.on('error', () => {});
    readRequests(socket, (body) => {
      const model = String(body['model']);
      const attempt: ServedAttempt = {
        model,
        n: attempts.filter((one) => one.model === model).length + 1,
        atMs: now(),
        hasImage: JSON.stringify(body).includes(';base64,'),
        body,
      };
      attempts.push(attempt);
      open = attempt;
      perform(socket, behave(attempt), model, () => {
        open = undefined;
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attempts,
    of: (model) => attempts.filter((attempt) => attempt.model === model),
    now,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function perform(socket: Socket, behaviour: Behaviour, model: string, over: () => void): void {
  const body = Buffer.from(
    behaviour.do === 'raw' ? behaviour.body : JSON.stringify(behaviour.do === 'status' ? behaviour.body : completion(model)),
  );
  const head = (status: number, more: Readonly<Record<string, string>> = {}): string =>
    `HTTP/1.1 ${status} X\r\n${Object.entries({ 'content-type': 'application/json', 'content-length': String(body.length), ...more })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;
  const later = (ms: number, then: () => void): void => {
    const timer = setTimeout(then, ms);
    socket.once('close', () => clearTimeout(timer));
  };
  if (behaviour.do === 'reset') {
    over();
    socket.resetAndDestroy();
  } else if (behaviour.do === 'silence') later(behaviour.forMs, () => socket.end());
  else if (behaviour.do === 'part') {
    socket.write(head(200));
    socket.write(body.subarray(0, Math.floor(body.length * behaviour.share)));
    if (behaviour.forMs === undefined) over();
    later(behaviour.forMs ?? 0, () => socket.end());
  } else if (behaviour.do === 'answer') {
    if (behaviour.headersFirst) socket.write(head(200));
    later(behaviour.afterMs ?? 0, () => {
      over();
      if (!behaviour.headersFirst) socket.write(head(200, behaviour.keepOpen ? { connection: 'close' } : {}));
      socket.write(body);
    });
  } else {
    over();
    socket.write(head(behaviour.do === 'status' ? behaviour.status : 200, behaviour.do === 'status' ? behaviour.headers : {}));
    socket.write(body);
  }
}

const completion = (model: string): object => ({
  id: 'chatcmpl-wall',
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: healthyText, refusal: null }, finish_reason: 'stop' }],
  usage: healthyUsage,
});

/** Calls back with the JSON of each request on the socket, one after another. */
function readRequests(socket: Socket, onBody: (body: Readonly<Record<string, unknown>>) => void): void {
  let got: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
    for (let request = takeRequest(got); request; request = takeRequest(got)) {
      got = request.rest;
      onBody(JSON.parse(request.body) as Record<string, unknown>);
    }
  });
}

function takeRequest(got: Buffer): { body: string; rest: Buffer } | undefined {
  const end = got.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = got.toString('latin1', 0, end).toLowerCase();
  if (/transfer-encoding: *chunked/.test(head)) return takeChunks(got, end + 4);
  const length = Number(/content-length: *(\d+)/.exec(head)?.[1] ?? 0);
  if (got.length < end + 4 + length) return undefined;
  return { body: got.toString('utf8', end + 4, end + 4 + length), rest: got.subarray(end + 4 + length) };
}

function takeChunks(got: Buffer, from: number): { body: string; rest: Buffer } | undefined {
  const parts: Buffer[] = [];
  for (let at = from; ;) {
    const line = got.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(got.toString('latin1', at, line), 16);
    if (got.length < line + 2 + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts).toString(), rest: got.subarray(line + 4) };
    parts.push(got.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
