import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PipelineError } from '../errors.ts';
import { readOptions } from '../readOptions.ts';
import { control } from './control.ts';
import { type Found, exchange } from './exchange.ts';
import { type Journal, journal } from './journal.ts';
import { pictures } from './pictures.ts';
import { type SimulatorOptions, type VendorOptions, simulatorOptions, vendorOptions } from './simulatorOptions.ts';
import { type Upstream, type World, upstream } from './upstream.ts';
import type { Wire } from './wire.ts';
import { anthropicMessages } from './wires/anthropicMessages.ts';
import { geminiGenerate } from './wires/geminiGenerate.ts';
import { openaiChat } from './wires/openaiChat.ts';
import { openaiResponses } from './wires/openaiResponses.ts';

export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Base address of each vendor, for those that share a wire: `http://127.0.0.1:PORT/NAME`. */
  readonly urls: Readonly<Record<string, string>>;
  /** Every attempt as the upstream saw it. */
  readonly journal: Journal;
  /** Other behaviour of one vendor from now on; what is not given stays as it is. */
  readonly change: (vendor: string, patch: VendorOptions) => void;
  /** Calls that a vendor serves now. */
  readonly inFlight: (vendor: string) => number;
  /** Simulated milliseconds since the start. */
  readonly now: () => number;
  /** Lets the process end while the simulator still listens. */
  readonly unref: () => void;
  /** Cuts what is open and frees the port. */
  readonly close: () => Promise<void>;
}

const wires: Readonly<Record<string, readonly Wire[]>> = {
  openai: [openaiChat, openaiResponses],
  anthropic: [anthropicMessages],
  gemini: [geminiGenerate],
};

/**
 * Starts a simulator of VLM vendors: an HTTP server that speaks their wire formats, enforces their quotas, fails as they fail, and
 * writes down everything it saw. It is a simulator and nothing more: it decodes the picture and says where its lit parts are, in
 * words like those that each vendor's models use. It recognises nothing, and its captions are of no use as captions.
 *
 * The same seed, pictures and number of tries give the same captions, latencies and faults. Rejects with CONFIG_INVALID for options
 * that are wrong, SOURCE_FAILED for a port that is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = readOptions('simulator', simulatorOptions, options);
  const start = performance.now();
  const world = {
    ...settings,
    now: () => (performance.now() - start) * settings.clockScale,
    pictures: pictures(),
    journal: journal(settings.journalEntries),
  } satisfies World;
  const vendors = new Map(
    Object.entries(settings.vendors).map(([name, vendor]) => [
      name,
      { wires: wiresOf(name, vendor.wire), upstream: upstream(name, vendor, world) },
    ]),
  );
  const change = (name: string, patch: VendorOptions): void =>
    vendorNamed(vendors, name).upstream.change(readOptions(`simulator.vendors.${name}`, vendorOptions, patch));
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    if (url.pathname.startsWith('/_sim/')) return control(url, request, response, world.journal, change);
    const found = locate(vendors, url.pathname);
    if (!found) return void response.writeHead(404, { 'content-type': 'text/plain' }).end(`The simulator has no ${url.pathname}\n`);
    void exchange(request, response, url, found, world);
  };
  const server = settings.tls ? createTlsServer(settings.tls, handle) : createServer(handle);
  await listen(server, settings.port, settings.host);
  const { port } = server.address() as AddressInfo;
  const url = `${settings.tls ? 'https' : 'http'}://${settings.host}:${port}`;
  return {
    url,
    port,
    urls: Object.fromEntries([...vendors.keys()].map((name) => [name, `${url}/${name}`])),
    journal: world.journal,
    change,
    inFlight: (name) => vendorNamed(vendors, name).upstream.inFlight(),
    now: world.now,
    unref: () => void server.unref(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Vendor {
  readonly wires: readonly Wire[];
  readonly upstream: Upstream;
}

function wiresOf(name: string, wire: string | undefined): readonly Wire[] {
  const found = wires[wire ?? name];
  if (found) return found;
  throw new PipelineError(
    'CONFIG_INVALID',
    `simulator.vendors.${name}.wire: needed, because the name is not a wire's own (one of ${Object.keys(wires).join(', ')})`,
  );
}

function vendorNamed(vendors: ReadonlyMap<string, Vendor>, name: string): Vendor {
  const found = vendors.get(name);
  if (found) return found;
  throw new PipelineError('CONFIG_INVALID', `simulator: no vendor '${name}' (there are ${[...vendors.keys()].join(', ')})`);
}

/** `/NAME/v1/...` goes to that vendor, `/v1/...` to the first whose wire has the path. */
function locate(vendors: ReadonlyMap<string, Vendor>, path: string): Found | undefined {
  const slash = path.indexOf('/', 1);
  const first = path.slice(1, slash);
  for (const [name, { wires: spoken, upstream: to }] of vendors) {
    for (const wire of spoken) {
      const match =
        (first === name ? wire.match(path.slice(slash)) : undefined) ??
        (vendors.has(first) && first !== name ? undefined : wire.match(path));
      if (match) return { vendor: name, upstream: to, wire, pathModel: match.model };
    }
  }
  return undefined;
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause: NodeJS.ErrnoException) =>
    reject(
      new PipelineError('SOURCE_FAILED', `simulator: cannot listen on ${host}:${port} (${cause.code}); choose another --port`, { cause }),
    ),
  );
  server.listen(port, host, resolve);
  await promise;
}
