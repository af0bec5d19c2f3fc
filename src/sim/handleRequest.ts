import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VendorApi } from './api/vendorApi.ts';
import type { FaultRule } from './options/simulatorOptions.ts';
import type { JournalWriter } from './vendor/journal.ts';
import type { ReplyPlan } from './vendor/replyPlan.ts';
import type { Vendor } from './vendor/vendor.ts';

/** Where a request goes. */
export interface Endpoint {
  /** Name of the vendor. */
  readonly name: string;
  readonly vendor: Vendor;
  readonly api: VendorApi;
  /** The model where the path names it. */
  readonly pathModel: string;
}

export interface RequestContext {
  readonly clockScale: number;
  readonly journal: JournalWriter;
}

/** Bytes of the largest body; larger ones are refused. */
const LARGEST_BODY = 64 * 1024 * 1024;

/** One request from its first byte to its line in the journal. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { name, vendor, api, pathModel }: Endpoint,
  { clockScale, journal }: RequestContext,
): Promise<void> {
  const atUs = Math.round((performance.timeOrigin + performance.now()) * 1_000);
  const start = performance.now();
  let plan: ReplyPlan | undefined;
  let isWhole = false;
  try {
    const body = await readBody(request);
    if (!body) return;
    plan = await vendor.plan({ api, pathModel, headers: request.headers, query: url.searchParams, body });
    isWhole = await perform(response, plan, clockScale);
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' }).end(`simulator fault: ${String(error)}\n`);
  } finally {
    plan?.done();
    if (plan) {
      const isBilled = isWhole && plan.transport === undefined;
      journal.write({
        atUs,
        vendor: name,
        path: url.pathname,
        model: plan.model,
        key: plan.key,
        imageSha256: plan.imageSha256,
        status: response.headersSent ? response.statusCode : 0,
        outcome: isWhole || plan.transport !== undefined ? plan.outcome : 'aborted',
        inputTokens: isBilled ? plan.inputTokens : 0,
        outputTokens: isBilled ? plan.outputTokens : 0,
        costUsd: isBilled ? plan.costUsd : 0,
        ms: performance.now() - start,
      });
    }
  }
}

/** undefined where the client closed the connection before it had sent everything, or sent too much. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if ((bytes += chunk.length) > LARGEST_BODY) return void request.socket.destroy();
    }
  } catch {
    return undefined;
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes);
}

/** Sends the reply as planned. Resolves when the request is over: true if the whole reply was sent. */
async function perform(response: ServerResponse, plan: ReplyPlan, clockScale: number): Promise<boolean> {
  const closed = once(response, 'close').then(() => false);
  if (plan.transport) return await performFault(response, plan, plan.transport, closed, clockScale);
  if (plan.delayMs > 0 && !(await Promise.race([sleep(plan.delayMs), closed]))) return false;
  if (response.destroyed) return false;
  const { status, headers, body } = plan.reply;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  await closed;
  return response.writableFinished;
}

/** Sends what a faulty connection lets through. */
async function performFault(
  response: ServerResponse,
  plan: ReplyPlan,
  rule: FaultRule,
  closed: Promise<boolean>,
  clockScale: number,
): Promise<boolean> {
  const { socket } = response;
  if (!socket) return false;
  if (plan.delayMs > 0 && !(await Promise.race([sleep(plan.delayMs), closed]))) return false;
  if (rule.fault === 'reset') socket.resetAndDestroy();
  if (rule.fault === 'reset') return false;
  const { status, headers, body } = plan.reply;
  const bytes = Buffer.from(body);
  if (rule.fault !== 'stall')
    response.writeHead(status, rule.fault === 'open_end' ? headers : { ...headers, 'content-length': bytes.length });
  if (rule.fault === 'stall_after_headers') response.flushHeaders();
  if (rule.fault === 'open_end') response.write(bytes);
  if (rule.fault === 'stall_in_body' || rule.fault === 'cut_body') response.write(bytes.subarray(0, (bytes.length * 2) / 3));
  // A cut body ends as soon as what was written is sent; the others stay open until the client closes the connection.
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
