/** Where a part of a pipeline connects to, and what goes there. */
export interface Reach {
  /** `host:port`; null where it is known only once the run asks for it, or not at all. */
  readonly address: string | null;
  /** What is sent there, for people: `frames, prompts and key`, ... */
  readonly carries: string;
}

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** The server of a URL; a function is asked for the URL only once the run needs it. */
export function serverReach(url: string | (() => unknown), carries: string): Reach {
  if (typeof url !== 'string') return { address: null, carries };
  const { hostname, port, protocol } = new URL(url);
  return { address: `${hostname}:${port || (PORTS[protocol] ?? '')}`, carries };
}

/** The brokers that are configured. They may name others, which a client then connects to. */
export const brokerReaches = (brokers: readonly string[], carries: string, registry?: { readonly url: string }): Reach[] => [
  ...brokers.map((address) => ({ address, carries })),
  ...(registry ? [serverReach(registry.url, 'schemas')] : []),
];
