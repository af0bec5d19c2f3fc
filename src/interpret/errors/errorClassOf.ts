import { PipelineError, codeOf, errorCodes } from '../../errors.ts';
import { type ErrorClass, consequenceOf } from './errorClasses.ts';
import { ProviderError } from './providerError.ts';

/** The class of anything that a captioner can throw; undefined for faults that are no target's. */
export const errorClassOf = (error: unknown): ErrorClass | undefined => {
  if (error instanceof ProviderError) return error.failure.class;
  if (!(error instanceof PipelineError)) return undefined;
  switch (error.code) {
    case 'BUDGET_SPENT':
      return 'budget';
    case 'KEYS_REJECTED':
      return 'credential';
    case 'PROVIDER_REFUSED':
      return 'refused';
    case 'PROVIDER_FAILED':
    case 'PROVIDERS_EXHAUSTED':
      return error.retryable ? 'transient' : 'unknown';
    default:
      return undefined;
  }
};

/**
 * Whether another target may answer the frame that failed so: the one answer for every combinator. `alsoOn`: classes after
 * which the user wants another target asked all the same.
 */
export const isFallbackable = (error: unknown, alsoOn?: ReadonlySet<ErrorClass>): boolean => {
  const found = errorClassOf(error);
  if (found === undefined) return errorCodes[codeOf(error)].fallbackable;
  return consequenceOf(found).fallbackable || (alsoOn?.has(found) ?? false);
};

/** How often the same target may be asked again for the frame that failed so; Infinity: as often as the caller allows. */
export const retriesOf = (error: unknown): number => {
  const found = errorClassOf(error);
  return found === undefined ? 0 : (consequenceOf(found).retries ?? Infinity);
};
