import { onceResolved } from '../onceResolved.ts';

export interface ServerAddress {
  readonly origin: string;
  readonly path: string;
}

/** Where to send: at once where it is known, and looked up at the first call where it is not. */
export function serverAddress(baseUrl: string | (() => Promise<string>), apiPath: string): () => ServerAddress | Promise<ServerAddress> {
  const parse = (text: string): ServerAddress => {
    const { origin, pathname } = new URL(text);
    return { origin, path: `${pathname.replace(/\/$/, '')}${apiPath}` };
  };
  if (typeof baseUrl === 'string') {
    const address = parse(baseUrl);
    return () => address;
  }
  let found: ServerAddress | undefined;
  const lookUp = onceResolved(async () => (found = parse(await baseUrl())));
  return () => found ?? lookUp();
}
