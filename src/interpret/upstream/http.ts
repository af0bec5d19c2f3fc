import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { CaptionRequest } from '../captioner.ts';
import { classify, shorten } from './classify.ts';
import { type Deadlines, type Reply, defaultDeadlines, exchange } from './httpRequest.ts';
import type { Reading, Result, Transport } from './transport.ts';

/** One vendor's wire format. Everything else is shared. */
export interface Wire {
  readonly provider: string;
  readonly baseUrl: string;
  /** Appended to the base address. */
  readonly path: string;
  /** Everything but the key; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that carry the key. Asynchronous where a token must be fetched. */
  authorise(key: Secret | undefined): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** The JSON of the body, with IMAGE where the base64 of the picture goes. */
  body(request: CaptionRequest): object;
  /** Reads the JSON of a reply with status 200. Anything it throws makes the reply malformed. */
  read(json: unknown): Reading;
  /** Parameters that change the answer. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether pictures are sent at low detail. */
  readonly lowDetail?: boolean;
}

/** Stands in a body for the base64 of the picture; made anew for each process, so that no prompt can hold it. */
export const IMAGE = randomUUID();

export interface HttpSettings {
  baseUrl?: string | (() => Promise<string>) | undefined;
  deadlines?: Deadlines | undefined;
  ca?: string | undefined;
}

/** Carries calls over HTTP as a wire has it. Connections are made when the first call needs one. */
export function http(wire: Wire, settings: HttpSettings): Transport {
  const deadlines = { ...defaultDeadlines, ...withoutUndefined(settings.deadlines ?? {}) };
  const address = addressOf(settings.baseUrl ?? wire.baseUrl, wire.path);
  const headersOf = headerLists(wire);
  let pool: Pool | undefined;

  return {
    start(request, secret, done) {
      let over = false;
      let cancel: (() => void) | undefined;
      const send = (headers: readonly string[], { origin, path }: Address): void => {
        if (over) return;
        pool ??= connect(origin, deadlines.connectMs, settings.ca);
        const totalMs = Math.max(1, Math.min(deadlines.totalMs, request.deadlineMs - performance.now()));
        const call = { path, headers, body: bodyOf(wire, request), deadlines: { ...deadlines, totalMs }, mayCall: request.mayCall };
        cancel = exchange(pool, call, (outcome) =>
          done('body' in outcome ? resultOf(wire, outcome) : { status: outcome.status, failure: outcome }),
        );
      };
      const refuse = (error: unknown): void => {
        if (!over) done({ status: 0, failure: { class: 'credential', reason: shorten(messageOf(error)) } });
      };
      const headers = headersOf(secret);
      const where = address();
      if (headers instanceof Promise || where instanceof Promise) {
        Promise.all([headers, where]).then((known) => send(...known), refuse);
      } else send(headers, where);
      return () => {
        over = true;
        cancel?.();
      };
    },
    async close() {
      await pool?.destroy();
      pool = undefined;
    },
  };
}

const connect = (origin: string, connectMs: number, ca: string | undefined): Pool =>
  new Pool(origin, { connections: null, pipelining: 1, connect: { timeout: connectMs, ...(ca !== undefined && { ca }) } });

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** Where to send, at once where it is known, and asked for once where it is not. */
function addressOf(baseUrl: string | (() => Promise<string>), wirePath: string): () => Address | Promise<Address> {
  const parse = (text: string): Address => {
    const { origin, pathname } = new URL(text);
    return { origin, path: `${pathname.replace(/\/$/, '')}${wirePath}` };
  };
  let found: Address | Promise<Address> | undefined = typeof baseUrl === 'string' ? parse(baseUrl) : undefined;
  return () =>
    (found ??= (baseUrl as () => Promise<string>)().then((text) => {
      const address = parse(text);
      found = address;
      return address;
    }));
}

/** The headers of each key as the flat list that undici writes without looking. */
function headerLists(wire: Wire): (secret: Secret | undefined) => readonly string[] | Promise<readonly string[]> {
  const fixed = Object.entries({ 'content-type': 'application/json', ...wire.headers }).flat();
  const cache = new Map<Secret | undefined, readonly string[]>();
  return (secret) => {
    const cached = cache.get(secret);
    if (cached) return cached;
    const auth = wire.authorise(secret);
    if (auth instanceof Promise) return auth.then((fields) => [...fixed, ...Object.entries(fields).flat()]);
    const list = [...fixed, ...Object.entries(auth).flat()];
    if (list.some((value) => /[\r\n]/.test(value)))
      throw new PipelineError('CONFIG_INVALID', `key ${secret?.alias ?? ''} holds a line break; store it without`);
    cache.set(secret, list);
    return list;
  };
}

/** The picture's base64 is written into the gap of the JSON: one buffer a call, and no JSON.stringify over the picture. */
function bodyOf(wire: Wire, request: CaptionRequest): Buffer {
  if (request.image.bytes.length === 0) return Buffer.from(JSON.stringify(wire.body(request), withoutImage));
  const json = JSON.stringify(wire.body(request));
  const gap = json.indexOf(IMAGE);
  const before = json.slice(0, gap);
  const after = json.slice(gap + IMAGE.length);
  const { bytes } = request.image;
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const head = Buffer.byteLength(before);
  const body = Buffer.allocUnsafeSlow(head + base64.length + Buffer.byteLength(after));
  body.write(before, 0, 'utf8');
  body.write(base64, head, 'latin1');
  body.write(after, head + base64.length, 'utf8');
  return body;
}

/** A request of words alone, as for a rewriter, has an image without bytes: the part of the content that would hold it is left out. */
const withoutImage = (_name: string, value: unknown): unknown =>
  Array.isArray(value) && value.some((part) => JSON.stringify(part).includes(IMAGE))
    ? value.filter((part) => !holdsImageItself(part))
    : value;

/** The innermost list element around the picture: a content part, not the message that holds it. */
const holdsImageItself = (part: unknown): boolean =>
  JSON.stringify(part).includes(IMAGE) && !Object.values(part as object).some((inner) => Array.isArray(inner));

function resultOf(wire: Wire, { status, headers, body }: Reply): Result {
  if (status < 200 || status > 299) return { status, headers, failure: classify(status, body, headers, Date.now()) };
  const reading = read(wire, body, status, headers);
  return { status, headers, reading, ...(reading.failure && { failure: reading.failure }) };
}

function read(wire: Wire, body: string, status: number, headers: Reply['headers']): Reading {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null && 'error' in json && json.error) {
      return { text: '', failure: classify(status, body, headers, Date.now()) };
    }
    return wire.read(json);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'the reply is not JSON' : 'the reply has no caption where it should be';
    return { text: '', failure: { class: 'malformed', reason } };
  }
}

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
