import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorFault } from './faults.ts';

/** What a request asks for, the same whatever the wire. */
export interface Posed {
  readonly model: string;
  readonly images: readonly Picture[];
  /** All words of the request together; only counted, never understood. */
  readonly text: string;
  /** Largest answer in tokens; Infinity where none is asked. */
  readonly maxTokens: number;
  /** JSON schema of the answer, where a structured one is asked for. */
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
  /** Tokens for thinking; absent: the model decides. */
  readonly thinkingBudget?: number | undefined;
}

export interface Picture {
  readonly base64: string;
  readonly mediaType: string;
  /** OpenAI's `detail`, Gemini's `mediaResolution`, in lower case. */
  readonly detail: string;
}

/** What the simulated model says. */
export interface Said {
  readonly text: string;
  readonly inputTokens: number;
  /** Of those: for the image. */
  readonly imageTokens: number;
  /** Without the thinking. */
  readonly outputTokens: number;
  readonly thoughtTokens: number;
  readonly finish: 'stop' | 'length' | 'refusal' | 'blocked';
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an error says beyond its name. */
export interface Detail {
  readonly model: string;
  /** Replaces the vendor's usual sentence. */
  readonly message?: string | undefined;
  /** What the client is told to wait, in the client's milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly retryAfterAs?: 'seconds' | 'milliseconds' | 'date' | 'none' | undefined;
}

export interface Gauge {
  readonly limit: number;
  readonly left: number;
  /** Client's milliseconds until it is full again. */
  readonly resetMs: number;
}

/** What is left of a key's quota. */
export interface Gauges {
  readonly requests?: Gauge | undefined;
  readonly tokens?: Gauge | undefined;
  readonly inputTokens?: Gauge | undefined;
  readonly outputTokens?: Gauge | undefined;
}

/** One API of one vendor, as it is on the wire. */
export interface Wire {
  /** The model where the path names it, '' where the body does; undefined: not a path of this API. */
  match(path: string): { readonly model: string } | undefined;
  credential(headers: IncomingHttpHeaders, query: URLSearchParams): string;
  /** Throws InvalidRequest. */
  read(body: unknown, pathModel: string, headers: IncomingHttpHeaders): Posed;
  answer(posed: Posed, said: Said, id: string): Record<string, unknown>;
  /** The field of `answer` that holds the usage. */
  readonly usageField: string;
  /** The field of `answer` without which there is no caption. */
  readonly captionField: string;
  error(fault: ErrorFault, detail: Detail): Reply;
  quotaHeaders(gauges: Gauges): Record<string, string>;
  /** What this vendor says of bytes that are no image. */
  readonly badImage: string;
}

/** The request breaks this vendor's rules: its 400, or the fault named. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly fault: ErrorFault;
  constructor(message: string, fault: ErrorFault = 'caller_fault') {
    super(message);
    this.fault = fault;
  }
}

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const html = (status: number, title: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html', server: 'cloudflare' },
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`,
});

/** `retry-after` in the form asked for; the vendors with a header for milliseconds send both. */
export function retryHeaders({ retryAfterMs, retryAfterAs = 'seconds' }: Detail): Record<string, string> {
  if (retryAfterMs === undefined || retryAfterAs === 'none') return {};
  if (retryAfterAs === 'milliseconds') return { 'retry-after-ms': String(Math.ceil(retryAfterMs)) };
  if (retryAfterAs === 'date') return { 'retry-after': new Date(Date.now() + retryAfterMs).toUTCString() };
  return { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
}

/** A positive whole number of tokens, or InvalidRequest. */
export function readLimit(value: unknown, field: string): number {
  if (value === undefined || value === null) return Infinity;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new InvalidRequest(`${field}: expected an integer of at least 1, got ${JSON.stringify(value)}`);
  }
  return value;
}
