import { Pool } from 'undici';
import { PipelineError, messageOf } from '../../../errors.ts';
import { refusedEgress } from '../../../guardEgress.ts';
import type { CallFailure } from '../../errors/providerError.ts';
import type { ApiCodec } from '../apiCodec.ts';
import type { CallDeadlineSettings } from '../callDeadlines.ts';
import { httpRequest } from './httpRequest.ts';
import { readReply } from './readReply.ts';
import { requestBody } from '../requestBody.ts';
import { type RequestHeaders, requestHeaders } from './requestHeaders.ts';
import { type ServerAddress, serverAddress } from './serverAddress.ts';
import { shortReason } from '../errorReply/shortReason.ts';
import type { Transport } from '../transport.ts';

export interface HttpSettings {
  readonly baseUrl?: string | (() => Promise<string>) | undefined;
  readonly deadlines: CallDeadlineSettings;
  readonly ca?: string | undefined;
}

/** Carries calls over HTTP as a codec has them. Connections are made when the first call needs one. */
export function httpTransport(codec: ApiCodec, { baseUrl = codec.baseUrl, deadlines, ca }: HttpSettings): Transport {
  const addressNow = serverAddress(baseUrl, codec.path);
  const headersOf = requestHeaders(codec);
  let pool: Pool | undefined;

  return {
    start(request, secret, done) {
      let isOver = false;
      let cancel: (() => void) | undefined;
      const send = ({ origin, path }: ServerAddress, { list, redact }: RequestHeaders): void => {
        if (isOver) return;
        const refused = refusedServer(origin);
        if (refused) throw refused;
        pool ??= connect(origin, deadlines.connectMs, ca);
        const totalMs = Math.max(1, Math.min(deadlines.totalMs, request.deadlineMs - performance.now()));
        const call = {
          path,
          headers: list,
          body: requestBody(codec, request),
          deadlines: { ...deadlines, totalMs },
          mayCall: request.mayCall,
        };
        cancel = httpRequest(pool, call, (outcome) =>
          done('body' in outcome ? readReply(codec, outcome, redact) : { status: outcome.status, failure: outcome }),
        );
      };
      const fail = (failure: CallFailure): void => {
        if (!isOver) done({ status: 0, failure });
      };
      const failWith = (error: unknown): void => {
        const isFault = error instanceof PipelineError && error.code === 'CONFIG_INVALID';
        if (!isFault) fail({ class: 'unknown', reason: shortReason(messageOf(error)) });
        else if (!isOver) done({ status: 0, fault: error });
      };
      const headers = headersOf(secret);
      const address = addressNow();
      if (headers instanceof Promise || address instanceof Promise) {
        prepared(address, headers)
          .then((found) => ('class' in found ? fail(found) : send(found.address, found.headers)))
          .catch(failWith);
      } else send(address, headers);
      return () => {
        isOver = true;
        cancel?.();
      };
    },
    async close() {
      await pool?.destroy();
      pool = undefined;
    },
  };
}

/** An outage ends some day; a host that may not be reached never comes. */
function refusedServer(origin: string): PipelineError | undefined {
  const { hostname, port, protocol } = new URL(origin);
  return refusedEgress(hostname, Number(port) || (protocol === 'https:' ? 443 : 80));
}

/** Waits for an address that is looked up and a token that is fetched. */
async function prepared(
  address: ServerAddress | Promise<ServerAddress>,
  headers: RequestHeaders | Promise<RequestHeaders>,
): Promise<{ address: ServerAddress; headers: RequestHeaders } | CallFailure> {
  const [where, fields] = await Promise.allSettled([address, headers]);
  if (where.status === 'rejected') return { class: 'transient', reason: shortReason(messageOf(where.reason)) };
  if (fields.status === 'rejected') return { class: 'credential', reason: shortReason(messageOf(fields.reason)) };
  return { address: where.value, headers: fields.value };
}

const connect = (origin: string, connectMs: number, ca: string | undefined): Pool =>
  new Pool(origin, { connections: null, pipelining: 1, connect: { timeout: connectMs, ...(ca !== undefined && { ca }) } });
