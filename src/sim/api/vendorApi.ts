import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorFault } from '../faults/faultNames.ts';

/** What a request asks of a model, the same whatever the API. */
export interface CompletionRequest {
  readonly model: string;
  readonly images: readonly RequestImage[];
  /** All text of the request together; it is counted, never understood. */
  readonly text: string;
  /** Largest answer in tokens; Infinity where the request has no limit. */
  readonly maxTokens: number;
  /** JSON schema of the answer, where a structured one is asked for. */
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
  /** Tokens for thinking; absent: the model decides. */
  readonly thinkingBudget?: number | undefined;
}

export interface RequestImage {
  readonly base64: string;
  readonly mediaType: string;
  /** OpenAI's `detail`, Gemini's `mediaResolution`, in lower case. */
  readonly detail: string;
}

/** What the simulated model answers. */
export interface SimulatedCompletion {
  readonly text: string;
  readonly inputTokens: number;
  /** Those of the input tokens that are for the image. */
  readonly imageTokens: number;
  /** Without the thinking. */
  readonly outputTokens: number;
  readonly thoughtTokens: number;
  readonly finish: 'stop' | 'length' | 'refusal' | 'blocked';
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an error says beyond its name. */
export interface ErrorDetail {
  readonly model: string;
  /** Replaces the vendor's usual sentence. */
  readonly message?: string | undefined;
  /** How long the client is told to wait, in the client's milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly retryAfterAs?: 'seconds' | 'milliseconds' | 'date' | 'none' | undefined;
}

export interface QuotaLevel {
  readonly limit: number;
  readonly left: number;
  /** Client's milliseconds until it is full again. */
  readonly resetMs: number;
}

/** What is left of a key's quota. */
export interface QuotaLevels {
  readonly requests?: QuotaLevel | undefined;
  readonly tokens?: QuotaLevel | undefined;
  readonly inputTokens?: QuotaLevel | undefined;
  readonly outputTokens?: QuotaLevel | undefined;
}

/** The HTTP API of a vendor. To add one, write a file in `apis/` that exports this. */
export interface VendorApi {
  /** The model where the path names it, '' where the body does; undefined: not a path of this API. */
  match(path: string): { readonly model: string } | undefined;
  credential(headers: IncomingHttpHeaders, query: URLSearchParams): string;
  /** Throws InvalidRequest. */
  read(body: unknown, pathModel: string, headers: IncomingHttpHeaders): CompletionRequest;
  answer(request: CompletionRequest, completion: SimulatedCompletion, id: string): Record<string, unknown>;
  /** The field of `answer` that holds the usage. */
  readonly usageField: string;
  /** The field of `answer` without which there is no caption. */
  readonly captionField: string;
  error(fault: ErrorFault, detail: ErrorDetail): ApiReply;
  quotaHeaders(levels: QuotaLevels): Record<string, string>;
  /** The vendor's message for bytes that are no image. */
  readonly badImage: string;
}
