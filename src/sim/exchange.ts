import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultRule } from './simulatorOptions.ts';
import type { Play, Upstream, World } from './upstream.ts';
import type { Wire } from './wire.ts';

/** Where a request goes. */
export interface Found {
  readonly vendor: string;
  readonly upstream: Upstream;
  readonly wire: Wire;
  /** The model where the path names it. */
  readonly pathModel: string;
}

/** Larger bodies are refused as too large. */
const mostBytes = 64 * 1024 * 1024;

/** One request from its first byte to its line in the journal. */
export async function exchange(request: IncomingMessage, response: ServerResponse, url: URL, found: Found, world: World): Promise<void> {
  const atUs = Math.round((performance.timeOrigin + performance.now()) * 1_000);
  const start = performance.now();
  let play: Play | undefined;
  let whole = false;
  try {
    const body = await readBody(request);
    if (!body) return;
    play = await found.upstream.play({
      wire: found.wire,
      pathModel: found.pathModel,
      headers: request.headers,
      query: url.searchParams,
      body,
    });
    whole = await perform(response, play, world.clockScale);
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' }).end(`simulator fault: ${String(error)}\n`);
  } finally {
    play?.done();
    if (play) write(play, whole);
  }

  function write({ outcome, model, key, imageSha256, ...spent }: Play, sent: boolean): void {
    const billed = sent && spent.transport === undefined;
    const broken = spent.transport !== undefined;
    world.journal.write({
      atUs,
      vendor: found.vendor,
      path: url.pathname,
      model,
      key,
      imageSha256,
      status: response.headersSent ? response.statusCode : 0,
      outcome: sent || broken ? outcome : 'aborted',
      inputTokens: billed ? spent.inputTokens : 0,
      outputTokens: billed ? spent.outputTokens : 0,
      costUsd: billed ? spent.costUsd : 0,
      ms: performance.now() - start,
    });
  }
}

/** undefined where the client went away before it had sent everything, or sent too much. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if ((bytes += chunk.length) > mostBytes) return void request.socket.destroy();
    }
  } catch {
    return undefined;
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes);
}

/** Sends the reply as the play wants it. Resolves when the exchange is over: true if all of the reply went out. */
async function perform(response: ServerResponse, play: Play, clockScale: number): Promise<boolean> {
  const closed = once(response, 'close').then(() => false);
  if (play.transport) return await misbehave(response, play, play.transport, closed, clockScale);
  if (play.delayMs > 0 && !(await Promise.race([sleep(play.delayMs), closed]))) return false;
  if (response.destroyed) return false;
  const { status, headers, body } = play.reply;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  await closed;
  return response.writableFinished;
}

async function misbehave(
  response: ServerResponse,
  play: Play,
  rule: FaultRule,
  closed: Promise<boolean>,
  clockScale: number,
): Promise<boolean> {
  const { socket } = response;
  if (!socket) return false;
  if (play.delayMs > 0 && !(await Promise.race([sleep(play.delayMs), closed]))) return false;
  if (rule.fault === 'reset') socket.resetAndDestroy();
  if (rule.fault === 'reset') return false;
  const { status, headers, body } = play.reply;
  const bytes = Buffer.from(body);
  if (rule.fault !== 'stall')
    response.writeHead(status, rule.fault === 'open_end' ? headers : { ...headers, 'content-length': bytes.length });
  if (rule.fault === 'stall_after_headers') response.flushHeaders();
  if (rule.fault === 'open_end') response.write(bytes);
  if (rule.fault === 'stall_in_body' || rule.fault === 'cut_body') response.write(bytes.subarray(0, (bytes.length * 2) / 3));
  // A cut body ends as soon as what was written is out; the others stay open until the client loses patience.
  if (rule.fault === 'cut_body') socket.destroySoon();
  if (rule.fault === 'cut_body') return await closed;
  await (rule.delayMs === undefined ? closed : Promise.race([sleep(rule.delayMs / clockScale), closed]));
  if (rule.fault === 'open_end') response.end();
  else socket.destroy();
  return false;
}

const sleep = async (ms: number): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  setTimeout(() => resolve(true), ms);
  return await promise;
};
