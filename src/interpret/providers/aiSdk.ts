import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { CaptionRequest } from '../captioner.ts';
import { classify, shorten } from '../upstream/classify.ts';
import type { CallFailure } from '../providerError.ts';
import type { Headers } from '../limits/rateLimitHeaders.ts';
import type { Result, Transport } from '../upstream/transport.ts';
import { type Target, type UpstreamOptions, target, upstreamFields } from '../upstream/target.ts';

/**
 * The part of the AI SDK's language model (specification v4) that is used here, so that the SDK is a dependency only of
 * those who use it. Any model of any `@ai-sdk/*` package fits.
 */
export interface AiSdkModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own options are far wider than what is sent
  doGenerate(options: any): PromiseLike<AiSdkResult>;
}

export interface AiSdkResult {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly finishReason: { readonly unified: string; readonly raw?: string | undefined };
  readonly usage: {
    readonly inputTokens: {
      readonly total?: number | undefined;
      readonly cacheRead?: number | undefined;
      readonly cacheWrite?: number | undefined;
    };
    readonly outputTokens: { readonly total?: number | undefined };
  };
  readonly response?: { readonly modelId?: string | undefined; readonly headers?: Headers | undefined } | undefined;
}

export interface AiSdkOptions extends Pick<UpstreamOptions, 'temperature' | 'limits' | 'concurrency' | 'breaker' | 'price'> {
  /** Longest wait for an answer in milliseconds. @default 60000 */
  totalMs?: number;
}

const { temperature, limits, concurrency, breaker, price } = upstreamFields;
const schema = z.strictObject({ temperature, limits, concurrency, breaker, price, totalMs: z.number().positive().default(60_000) });

/**
 * Any model of the Vercel AI SDK: `aiSdk(mistral('pixtral-large-latest'))`. Keys and addresses are the SDK's own matter.
 * It costs about four times the processor time of Saccade's own providers.
 */
export function aiSdk(model: AiSdkModel, options: AiSdkOptions = {}): Target {
  const settings = readOptions('aiSdk', schema, options);
  const params = settings.temperature === undefined ? {} : { temperature: settings.temperature };
  return target({ provider: model.provider, params }, () => carrier(model, settings.totalMs, params), { ...options, model: model.modelId });
}

function carrier(model: AiSdkModel, totalMs: number, params: object): Transport {
  return {
    start(request, _, done) {
      const end = new AbortController();
      let over = false;
      const finish = (result: Result): void => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        done(result);
      };
      const limitMs = Math.max(1, Math.min(totalMs, request.deadlineMs - performance.now()));
      const timer = setTimeout(() => {
        finish({ status: 0, failure: { class: 'timeout', reason: `total deadline of ${Math.round(limitMs)} ms passed` } });
        end.abort();
      }, limitMs);
      model.doGenerate(callOf(request, params, end.signal)).then(
        (result) => finish(read(result)),
        (error: unknown) => finish(failed(error)),
      );
      return () => {
        over = true;
        clearTimeout(timer);
        end.abort();
      };
    },
    close: async () => {},
  };
}

const callOf = ({ image, prompt }: CaptionRequest, params: object, abortSignal: AbortSignal): object => ({
  prompt: [
    { role: 'system', content: prompt.system },
    {
      role: 'user',
      content: [
        { type: 'text', text: prompt.user },
        { type: 'file', mediaType: image.mediaType, data: { type: 'data', data: image.bytes } },
      ],
    },
  ],
  maxOutputTokens: prompt.maxOutputTokens,
  ...(prompt.schema && { responseFormat: { type: 'json', name: 'caption', schema: prompt.schema } }),
  ...params,
  abortSignal,
});

function read({ content, finishReason, usage, response }: AiSdkResult): Result {
  const text = content.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
  const cachedInput = usage.inputTokens.cacheRead ?? 0;
  const cacheWrite = usage.inputTokens.cacheWrite ?? 0;
  const { total } = usage.inputTokens;
  const reading = {
    text,
    model: response?.modelId,
    usage:
      total === undefined
        ? undefined
        : { input: total - cachedInput - cacheWrite, cachedInput, cacheWrite, output: usage.outputTokens.total ?? 0 },
    ...(finishReason.unified === 'length' && { truncated: true }),
  };
  const failure = failureOf(finishReason, text);
  return { status: 200, reading, ...(response?.headers && { headers: response.headers }), ...(failure && { failure }) };
}

/** A refusal's text comes as ordinary text: only the finish tells. */
function failureOf({ unified, raw = '' }: AiSdkResult['finishReason'], text: string): CallFailure | undefined {
  if (unified === 'content-filter') return { class: raw === 'refusal' ? 'refused' : 'blocked', reason: `finish ${raw || unified}` };
  return unified === 'length' && text.trim() === '' ? { class: 'truncated', reason: 'the length limit left no text' } : undefined;
}

/** Errors of the SDK may wrap the reply in causes; the reply decides. They hold the picture, so no more than the reply is kept. */
function failed(error: unknown): Result {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const {
      statusCode,
      responseBody = '',
      responseHeaders = {},
    } = cause as { statusCode?: number; responseBody?: string; responseHeaders?: Headers };
    if (statusCode === undefined) continue;
    const failure =
      statusCode < 400
        ? ({ class: 'malformed', reason: 'the reply is not what the SDK expects' } as const)
        : classify(statusCode, responseBody, responseHeaders, Date.now());
    return { status: statusCode, headers: responseHeaders, failure };
  }
  return {
    status: 0,
    failure: { class: 'transient', reason: shorten(error instanceof Error ? `${error.name}: ${error.message}` : String(error)) },
  };
}
