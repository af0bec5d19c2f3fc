import { htmlReply } from '../api/htmlReply.ts';
import { jsonReply } from '../api/jsonReply.ts';
import type { ApiReply, SimulatedCompletion, CompletionRequest, VendorApi } from '../api/vendorApi.ts';
import { brokenJson } from '../faults/brokenJson.ts';
import { type AnswerFault, isBrokenJson } from '../faults/faultNames.ts';
import { beginning } from '../model/generate.ts';
import { simulatedTextTokens } from '../model/modelFamily.ts';

export interface VendorAnswer {
  readonly reply: ApiReply;
  /** Tokens that are billed: none where the client cannot read a usage. */
  readonly inputTokens: number;
  /** With those of the thinking. */
  readonly outputTokens: number;
}

/** The vendor's 200: correct, or with a fault. */
export function answer(
  api: VendorApi,
  request: CompletionRequest,
  completion: SimulatedCompletion,
  fault: AnswerFault | undefined,
  id: string,
): VendorAnswer {
  const faulty = fault ? faultyCompletion(completion, fault, request.model) : completion;
  const isUnreadable = fault === 'malformed' || fault === 'html_as_200' || fault === 'error_as_200' || fault === 'no_caption';
  return {
    reply: replyOf(api, request, faulty, fault, id),
    inputTokens: isUnreadable ? 0 : faulty.inputTokens,
    outputTokens: isUnreadable ? 0 : faulty.outputTokens + faulty.thoughtTokens,
  };
}

function replyOf(
  api: VendorApi,
  request: CompletionRequest,
  completion: SimulatedCompletion,
  fault: AnswerFault | undefined,
  id: string,
): ApiReply {
  if (fault === 'html_as_200') return htmlReply(200, 'OK');
  if (fault === 'error_as_200') return { ...api.error('server_error', { model: request.model }), status: 200 };
  const body = api.answer(request, completion, id);
  if (fault === 'no_usage') delete body[api.usageField];
  if (fault === 'no_caption') delete body[api.captionField];
  const reply = jsonReply(200, body);
  return fault === 'malformed' ? { ...reply, body: `${reply.body.slice(0, reply.body.length >> 1)}\n` } : reply;
}

/** What a model with this fault answers in the place of the completion. */
function faultyCompletion(completion: SimulatedCompletion, fault: AnswerFault, model: string): SimulatedCompletion {
  const withText = (text: string, finish: SimulatedCompletion['finish']): SimulatedCompletion => ({
    ...completion,
    text,
    finish,
    outputTokens: simulatedTextTokens(model, text),
  });
  if (fault === 'refusal') return withText("I'm sorry, but I can't assist with that request.", 'refusal');
  if (fault === 'blocked') return withText('', 'blocked');
  if (fault === 'truncated') return withText(beginning(completion.text, 0.5), 'length');
  if (fault === 'truncated_empty') return { ...withText('', 'length'), thoughtTokens: Math.max(completion.thoughtTokens, 64) };
  if (fault === 'empty') return withText('', 'stop');
  if (isBrokenJson(fault)) return withText(brokenJson[fault](completion.text), completion.finish);
  return completion;
}
