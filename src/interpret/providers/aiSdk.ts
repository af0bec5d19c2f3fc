import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { totalMs } from '../upstream/callDeadlines.ts';
import { classifyErrorReply } from '../upstream/errorReply/classifyErrorReply.ts';
import type { CallFailure } from '../errors/providerError.ts';
import type { Headers } from '../limits/quota/headers.ts';
import { soundReading } from '../upstream/soundReading.ts';
import type { CallResult, Transport } from '../upstream/transport.ts';
import { type Target, target } from '../upstream/target/target.ts';
import { shortReason } from '../upstream/errorReply/shortReason.ts';
import { type UpstreamOptions, upstreamFields, upstreamSettings } from '../upstream/upstreamOptions.ts';

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

export interface AiSdkOptions extends Pick<UpstreamOptions, 'temperature' | 'limits' | 'concurrency' | 'circuitBreaker' | 'price'> {
  /** Longest wait for an answer in milliseconds. @default 60000 */
  totalMs?: number;
}

const { temperature, limits, concurrency, circuitBreaker, price } = upstreamFields;
const schema = z.strictObject({ temperature, limits, concurrency, circuitBreaker, price, totalMs });

/**
 * Any model of the Vercel AI SDK: `aiSdk(mistral('pixtral-large-latest'))`. Keys and addresses are the SDK's own matter.
 * It costs about four times the processor time of Saccade's own providers.
 */
export function aiSdk(model: AiSdkModel, options: AiSdkOptions = {}): Target {
  const { totalMs: longestMs } = readOptions('aiSdk', schema, options);
  const params = options.temperature === undefined ? {} : { temperature: options.temperature };
  const settings = upstreamSettings({ ...options, model: model.modelId });
  const reaches = [{ address: null, carries: 'frames, prompts, key: where the AI SDK model sends them' }];
  return target({ provider: model.provider, params, reaches }, () => sdkTransport(model, longestMs, params), settings);
}

function sdkTransport(model: AiSdkModel, longestMs: number, params: object): Transport {
  return {
    start(request, _, done) {
      const abort = new AbortController();
      let isOver = false;
      const finish = (result: CallResult): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        done(result);
      };
      const limitMs = Math.max(1, Math.min(longestMs, request.deadlineMs - performance.now()));
      const timer = setTimeout(() => {
        finish({ status: 0, failure: { class: 'timeout', reason: `total deadline of ${Math.round(limitMs)} ms passed` } });
        abort.abort();
      }, limitMs);
      generate(model, callOf(request, params, abort.signal)).then(finish, (error: unknown) => finish(failed(error)));
      return () => {
        isOver = true;
        clearTimeout(timer);
        abort.abort();
      };
    },
    close: async () => {},
  };
}

/** A model that throws at once rejects, too. */
const generate = async (model: AiSdkModel, call: object): Promise<CallResult> => read(await model.doGenerate(call));

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

function read({ content, finishReason, usage, response }: AiSdkResult): CallResult {
  const text = content.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
  const cachedInput = usage.inputTokens.cacheRead ?? 0;
  const cacheWrite = usage.inputTokens.cacheWrite ?? 0;
  const { total } = usage.inputTokens;
  const reading = soundReading({
    text,
    model: response?.modelId,
    usage:
      total === undefined
        ? undefined
        : { input: total - cachedInput - cacheWrite, cachedInput, cacheWrite, output: usage.outputTokens.total ?? 0 },
    ...(finishReason.unified === 'length' && { truncated: true }),
  });
  const failure = failureOf(finishReason, text);
  return { status: 200, reading, ...(response?.headers && { headers: response.headers }), ...(failure && { failure }) };
}

/** A refusal comes as ordinary text: only the finish reason shows it. */
function failureOf({ unified, raw = '' }: AiSdkResult['finishReason'], text: string): CallFailure | undefined {
  if (unified === 'content-filter') return { class: raw === 'refusal' ? 'refused' : 'blocked', reason: `finish ${raw || unified}` };
  return unified === 'length' && text.trim() === '' ? { class: 'truncated', reason: 'the length limit left no text' } : undefined;
}

/** Errors of the SDK may wrap the reply in causes; the reply decides. They hold the picture, so no more than the reply is kept. */
function failed(error: unknown): CallResult {
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
        : classifyErrorReply(statusCode, responseBody, responseHeaders, Date.now());
    return { status: statusCode, headers: responseHeaders, failure };
  }
  return {
    status: 0,
    failure: { class: 'transient', reason: shortReason(error instanceof Error ? `${error.name}: ${error.message}` : String(error)) },
  };
}
