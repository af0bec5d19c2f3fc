import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * The upstream of the benchmark, in a process of its own: takes what it is sent without looking at it and answers as
 * OpenAI's chat completions do, after DELAY ms. It says its port to its parent.
 */
const delayMs = Number(process.argv[2] ?? 0);
const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-2024-08-06',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'A bright disc moves to the left along the lower edge.' } },
    ],
    usage: { prompt_tokens: 300, completion_tokens: 12, total_tokens: 312 },
  }),
);
const headers = { 'content-type': 'application/json', 'content-length': answer.length };

const reply = (response: ServerResponse): void => void response.writeHead(200, headers).end(answer);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (delayMs > 0) setTimeout(reply, delayMs, response);
    else reply(response);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
