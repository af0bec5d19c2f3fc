/*
 * What other processes may ask a running simulator:
 *   GET  /_sim/totals[?vendor=NAME]       sums since the start
 *   GET  /_sim/journal[?image=SHA256]     the last requests, one JSON object a line
 *   POST /_sim/vendors/NAME               changes a vendor's behaviour from now on; the body as in the options
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { messageOf } from '../errors.ts';
import type { VendorOptions } from './options/simulatorOptions.ts';
import type { Journal } from './vendor/journal.ts';

export function control(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  journal: Journal,
  change: (vendor: string, patch: VendorOptions) => void,
): void {
  const send = (status: number, body: string): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(`${body}\n`);
  const [, , what, name] = url.pathname.split('/');
  if (request.method === 'GET' && what === 'totals')
    return send(200, JSON.stringify(journal.totals(url.searchParams.get('vendor') ?? undefined)));
  if (request.method === 'GET' && what === 'journal') {
    const image = url.searchParams.get('image');
    const entries = image ? journal.of(image) : journal.entries();
    return send(200, entries.map((entry) => JSON.stringify(entry)).join('\n'));
  }
  if (request.method !== 'POST' || what !== 'vendors' || !name) return send(404, '{"error":"unknown"}');
  void text(request)
    .then((body) => change(name, JSON.parse(body) as VendorOptions))
    .then(
      () => send(200, '{}'),
      (error: unknown) => send(400, JSON.stringify({ error: messageOf(error) })),
    );
}
