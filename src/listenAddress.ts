import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Where a server listens. */
export interface ListenAddress {
  /** @default 127.0.0.1: this machine alone */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
}

export const LOOPBACK = '127.0.0.1';

/** Reads `PORT`, `HOST:PORT` or `[IPV6]:PORT`; undefined where the text is none of them. */
export function listenAddress(text: string): Required<ListenAddress> | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]*)\]:|([^:]*):)?([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain ?? LOOPBACK;
  return digits === '' || port > 65_535 || host === '' || (bracketed !== undefined && isIP(bracketed) !== 6) ? undefined : { host, port };
}

/** How the address is written in a URL. */
export const authority = ({ host = LOOPBACK, port }: ListenAddress): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(host);

/**
 * Whether a request may be served: a server on loopback answers those alone that call it by a name of this machine. A web page
 * elsewhere can give its own name the address 127.0.0.1, and then ask as if it were from there; its name is in `Host`.
 */
export function isMeantForUs({ headers }: Pick<IncomingMessage, 'headers'>, host: string): boolean {
  if (!isLoopback(host)) return true;
  const asked = headers.host ?? '';
  return isLoopback(
    asked
      .replace(/:[0-9]*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase(),
  );
}
