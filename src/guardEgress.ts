import { lookup } from 'node:dns';
import { Socket, isIP } from 'node:net';
import type { Egress } from './egressOf.ts';
import { PipelineError } from './errors.ts';

/** Of the runs that last now: each must allow a connection, since a process cannot tell for which one it is made. */
const guards = new Set<Egress>();

/** The error of a connection that a run with `egress` does not allow; undefined where all allow it. */
export function refusedEgress(host: string, port: number): PipelineError | undefined {
  const guard = [...guards].find((one) => !one.allows(host, port));
  return (
    guard &&
    new PipelineError(
      'CONFIG_INVALID',
      `egress: a connection to ${host}:${port} was refused: it is not in [${guard.entries.join(', ')}]; add it to the pipeline's egress, or take away what asks for it`,
    )
  );
}

/**
 * Refuses every TCP connection of this process, TLS included, to a host that is not allowed, until the returned function is called.
 * A name that is not in the list is allowed where each of its addresses is.
 */
export function guardEgress(egress: Egress): () => void {
  guards.add(egress);
  Socket.prototype.connect = guardedConnect;
  return () => {
    guards.delete(egress);
    if (guards.size === 0) Socket.prototype.connect = plainConnect;
  };
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with the socket as `this`
const plainConnect = Socket.prototype.connect;

interface ConnectOptions {
  readonly host?: string;
  readonly port?: number | string;
  readonly path?: string;
  lookup?: typeof lookup;
}

function guardedConnect(this: Socket, ...args: unknown[]): Socket {
  const options = optionsOf(args);
  const { host = 'localhost', port = 0, path } = options;
  // A socket of the file system leads to this machine.
  if (path !== undefined || !refusedEgress(host, Number(port))) return plainConnect.apply(this, args as never);
  const refusal = refusedEgress(host, Number(port))!;
  if (isIP(host) !== 0) {
    process.nextTick(() => this.destroy(refusal));
    return this;
  }
  const resolve = options.lookup ?? lookup;
  const checked = (name: string, how: object, done: (...found: unknown[]) => void): void => {
    (resolve as (...all: unknown[]) => void)(name, how, (error: unknown, found: unknown, family: unknown) => {
      const addresses = Array.isArray(found) ? (found as { address: string }[]).map(({ address }) => address) : [found as string];
      const isRefused = !error && addresses.some((address) => refusedEgress(address, Number(port)));
      if (isRefused) done(refusal);
      else done(error, found, family);
    });
  };
  const onConnect = args.flat().find((argument) => typeof argument === 'function');
  return plainConnect.call(this, { ...options, lookup: checked } as never, onConnect as never);
}

/** `connect` takes options, a port with a host, or what `net.connect` has made of either. */
function optionsOf([first, second]: readonly unknown[]): ConnectOptions {
  if (Array.isArray(first)) return first[0] as ConnectOptions;
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && !/^[0-9]+$/.test(first)) return { path: first };
  return { port: Number(first), ...(typeof second === 'string' && { host: second }) };
}
