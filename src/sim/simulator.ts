import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PipelineError } from '../errors.ts';
import { authority, isMeantForUs } from '../listenAddress.ts';
import { readOptions } from '../readOptions.ts';
import type { VendorApi } from './api/vendorApi.ts';
import { anthropicMessages } from './apis/anthropicMessages.ts';
import { geminiGenerate } from './apis/geminiGenerate.ts';
import { openaiChat } from './apis/openaiChat.ts';
import { openaiResponses } from './apis/openaiResponses.ts';
import { control } from './control.ts';
import { type Endpoint, handleRequest } from './handleRequest.ts';
import { analysisCache } from './image/analysisCache.ts';
import { type SimulatorOptions, type VendorOptions, simulatorOptions, vendorOptions } from './options/simulatorOptions.ts';
import { type Journal, journal } from './vendor/journal.ts';
import { type SharedState, type Vendor, makeVendor } from './vendor/vendor.ts';

export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Base address of each vendor, for those that share a wire format: `http://127.0.0.1:PORT/NAME`. */
  readonly urls: Readonly<Record<string, string>>;
  /** Every request as the simulator saw it. */
  readonly journal: Journal;
  /** Changes the behaviour of one vendor from now on; what is not given stays as it is. */
  readonly change: (vendor: string, patch: VendorOptions) => void;
  /** Calls that a vendor serves now. */
  readonly inFlight: (vendor: string) => number;
  /** Simulated milliseconds since the start. */
  readonly now: () => number;
  /** Lets the process end while the simulator listens. */
  readonly unref: () => void;
  /** Closes all connections and frees the port. */
  readonly close: () => Promise<void>;
}

/** The APIs of each wire format. */
const APIS: Readonly<Record<string, readonly VendorApi[]>> = {
  openai: [openaiChat, openaiResponses],
  anthropic: [anthropicMessages],
  gemini: [geminiGenerate],
};

/**
 * Starts a simulator of VLM vendors: an HTTP server with their wire formats, quotas and faults, which keeps a journal of all requests.
 * It is a simulator and nothing more: it decodes the image and says where the parts are that differ from the background, in the style
 * of each vendor's models. It recognises nothing, and its captions are of no use as captions.
 *
 * The same seed, images and numbers of tries give the same captions, latencies and faults. Rejects with CONFIG_INVALID for options
 * that are wrong, SOURCE_FAILED for a port that is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = readOptions('simulator', simulatorOptions, options);
  const start = performance.now();
  const shared = {
    ...settings,
    now: () => (performance.now() - start) * settings.clockScale,
    analysisOf: analysisCache(),
    journal: journal(settings.journalEntries),
  } satisfies SharedState;
  const vendors = new Map(
    Object.entries(settings.vendors).map(([name, vendor]) => [
      name,
      { apis: apisOf(name, vendor.wire), vendor: makeVendor(name, vendor, shared) },
    ]),
  );
  const change = (name: string, patch: VendorOptions): void =>
    vendorNamed(vendors, name).vendor.change(readOptions(`simulator.vendors.${name}`, vendorOptions, patch));
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (!isMeantForUs(request, settings.host)) return void response.writeHead(421, { connection: 'close' }).end();
    const url = new URL(request.url ?? '/', 'http://simulator');
    if (url.pathname.startsWith('/_sim/')) return control(url, request, response, shared.journal, change);
    const endpoint = locate(vendors, url.pathname);
    if (!endpoint) return void response.writeHead(404, { 'content-type': 'text/plain' }).end(`The simulator has no ${url.pathname}\n`);
    void handleRequest(request, response, url, endpoint, shared);
  };
  const server = settings.tls ? createTlsServer(settings.tls, handle) : createServer(handle);
  await listen(server, settings.port, settings.host);
  const { port } = server.address() as AddressInfo;
  const url = `${settings.tls ? 'https' : 'http'}://${authority({ host: settings.host, port })}`;
  return {
    url,
    port,
    urls: Object.fromEntries([...vendors.keys()].map((name) => [name, `${url}/${name}`])),
    journal: shared.journal,
    change,
    inFlight: (name) => vendorNamed(vendors, name).vendor.inFlight(),
    now: shared.now,
    unref: () => void server.unref(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface NamedVendor {
  readonly apis: readonly VendorApi[];
  readonly vendor: Vendor;
}

function apisOf(name: string, wire: string | undefined): readonly VendorApi[] {
  const found = APIS[wire ?? name];
  if (found) return found;
  throw new PipelineError(
    'CONFIG_INVALID',
    `simulator.vendors.${name}.wire: needed, because the name is not that of a wire format (one of ${Object.keys(APIS).join(', ')})`,
  );
}

function vendorNamed(vendors: ReadonlyMap<string, NamedVendor>, name: string): NamedVendor {
  const found = vendors.get(name);
  if (found) return found;
  throw new PipelineError('CONFIG_INVALID', `simulator: no vendor '${name}' (there are ${[...vendors.keys()].join(', ')})`);
}

/** `/NAME/v1/...` goes to that vendor, `/v1/...` to the first that has an API with the path. */
function locate(vendors: ReadonlyMap<string, NamedVendor>, path: string): Endpoint | undefined {
  const slash = path.indexOf('/', 1);
  const first = path.slice(1, slash);
  for (const [name, { apis, vendor }] of vendors) {
    for (const api of apis) {
      const match =
        (first === name ? api.match(path.slice(slash)) : undefined) ?? (vendors.has(first) && first !== name ? undefined : api.match(path));
      if (match) return { name, vendor, api, pathModel: match.model };
    }
  }
  return undefined;
}

/** How long a request may take to come. */
const LONGEST_REQUEST_MS = 120_000;
/** More than the router opens to all vendors together; further ones are closed at once. */
const MOST_CONNECTIONS = 10_000;

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = LONGEST_REQUEST_MS;
  server.maxConnections = MOST_CONNECTIONS;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause: NodeJS.ErrnoException) =>
    reject(
      new PipelineError('SOURCE_FAILED', `simulator: cannot listen on ${host}:${port} (${cause.code}); choose another --port`, { cause }),
    ),
  );
  server.listen(port, host, resolve);
  await promise;
}
