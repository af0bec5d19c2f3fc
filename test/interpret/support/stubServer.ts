import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks where it likes
  readonly json: any;
  readonly atMs: number;
  /** Whether the client closed the connection before the reply was complete. */
  hungUp: boolean;
}

export interface StubServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
}

/** Answers by number of the request, from 0. */
export type Reply = (response: ServerResponse, seen: Seen, n: number) => void;

/** A server on a real socket whose replies the test writes. */
export async function stubServer(reply: Reply): Promise<StubServer> {
  const seen: Seen[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one: Seen = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        text,
        json: /^[[{]/.test(text) ? JSON.parse(text) : undefined,
        atMs: performance.now(),
        hungUp: false,
      };
      response.on('close', () => {
        one.hungUp = !response.writableFinished;
      });
      seen.push(one);
      reply(response, one, seen.length - 1);
    });
    incoming.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** An answer of OpenAI's chat completions. */
export const chatAnswer = (text = 'A disc moves left.', over: object = {}): object => ({
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
  usage: { prompt_tokens: 300, completion_tokens: 20 },
  ...over,
});

export const chatError = (message: string, code: string | null = null, type = 'invalid_request_error'): object => ({
  error: { message, type, code, param: null },
});
