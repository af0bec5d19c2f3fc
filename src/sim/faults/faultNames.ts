import { type BrokenJson, brokenJsonNames } from './brokenJson.ts';

/** Replies with an error status, in the vendor's own shape (`apis/`). */
export const errorFaults = [
  'rate_limit',
  'quota_spent',
  'quota_daily',
  'shared_capacity',
  'overloaded',
  'server_error',
  'bad_gateway',
  'unavailable',
  'gateway_timeout',
  'request_timeout',
  'caller_fault',
  'unprocessable',
  'too_large',
  'conflict',
  'bad_request_empty',
  'bad_request_html',
  'credential',
  'credential_as_400',
  'credit_balance',
  'model_gone',
  'model_gone_as_400',
  'permission',
  'model_access',
  'region_blocked',
  'throttling_as_400',
  'context_length',
  'content_policy',
  'image_size_as_429',
  'unknown_field',
  'unsupported_media',
  'error_array',
] as const;

/** Replies with status 200 that are no caption, or an incomplete one. */
export const answerFaults = [
  'refusal',
  'blocked',
  'truncated',
  'truncated_empty',
  'empty',
  'malformed',
  'html_as_200',
  'no_caption',
  'error_as_200',
  'no_usage',
] as const;

/** Faults of the connection. */
export const transportFaults = ['reset', 'stall', 'stall_after_headers', 'cut_body', 'stall_in_body', 'open_end', 'slow'] as const;

/** All faults that can be simulated. */
export const faultNames = [...errorFaults, ...answerFaults, ...brokenJsonNames, ...transportFaults] as const;

export type ErrorFault = (typeof errorFaults)[number];
export type AnswerFault = (typeof answerFaults)[number] | BrokenJson;
export type FaultName = (typeof faultNames)[number];

export const isErrorFault = (name: FaultName): name is ErrorFault => (errorFaults as readonly string[]).includes(name);
export const isAnswerFault = (name: FaultName): name is AnswerFault =>
  (answerFaults as readonly string[]).includes(name) || isBrokenJson(name);
export const isBrokenJson = (name: FaultName): name is BrokenJson => (brokenJsonNames as readonly string[]).includes(name);
