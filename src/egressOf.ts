import { BlockList, isIP } from 'node:net';

/** Tells whether a run may connect to a host. A host is a name or an IP address, without brackets. */
export interface Egress {
  readonly entries: readonly string[];
  allows(host: string, port: number): boolean;
  /** Whether it allows addresses, so that what it says of a name is known only once the name is looked up. */
  readonly hasAddresses: boolean;
}

const ENTRY = /^(\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(\/[0-9]{1,3})?(?::([0-9]{1,5}))?$/i;

/** Whether a text is an entry: a name, `*.name` for all below it, an IP address, a range `10.0.0.0/8` or `[fd00::]/8`; each may end with `:port`. */
export const isEgressEntry = (text: string): boolean => parse(text) !== undefined;

interface Entry {
  readonly port: number | undefined;
  readonly name: string | undefined;
  readonly isBelow: boolean;
  readonly addresses: BlockList | undefined;
}

function parse(text: string): Entry | undefined {
  const [whole, below, bracketed = '', range, digits] = ENTRY.exec(text) ?? [];
  const host = bracketed.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = digits === undefined ? undefined : Number(digits);
  const family = isIP(host);
  const bits = range === undefined ? (family === 6 ? 128 : 32) : Number(range.slice(1));
  if (whole === undefined || (port ?? 0) > 65_535 || (family === 0 && range !== undefined) || (family !== 0 && below !== undefined))
    return undefined;
  // A name of digits alone would be an address for some resolvers.
  if (family === 0 ? /(^|\.)[0-9]+$/.test(host) : bits > (family === 6 ? 128 : 32)) return undefined;
  if (family === 0) return { port, name: host, isBelow: below !== undefined, addresses: host === 'localhost' ? loopback : undefined };
  const addresses = new BlockList();
  addresses.addSubnet(host, bits, family === 6 ? 'ipv6' : 'ipv4');
  return { port, name: undefined, isBelow: false, addresses };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isIn = ({ name, isBelow, addresses }: Entry, host: string): boolean => {
  const family = isIP(host);
  if (family !== 0) return addresses?.check(host, family === 6 ? 'ipv6' : 'ipv4') ?? false;
  return name !== undefined && (isBelow ? host.endsWith(`.${name}`) : host === name);
};

/** @param entries see `isEgressEntry` */
export function egressOf(entries: readonly string[]): Egress {
  const parsed = entries.map(parse).filter((entry): entry is Entry => entry !== undefined);
  return {
    entries,
    hasAddresses: parsed.some(({ name }) => name === undefined),
    allows: (host, port) => {
      const plain = host
        .toLowerCase()
        .replace(/^\[(.*)\]$/, '$1')
        .replace(/\.$/, '');
      return parsed.some((entry) => (entry.port === undefined || entry.port === port) && isIn(entry, plain));
    },
  };
}
