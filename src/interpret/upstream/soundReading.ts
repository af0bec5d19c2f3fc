import type { Reading } from './transport.ts';

/** Longer names of models are no names. */
const LONGEST_MODEL = 256;
/** No call has more tokens of a kind. */
const MOST_TOKENS = 1e9;

/**
 * A reading whose fields are what their types say, whatever an upstream wrote: counts of tokens that are none leave no usage, which is
 * estimated then. Throws TypeError where the caption is no text.
 *
 * @param redact takes secrets out of a text
 */
export function soundReading(reading: Reading, redact: (text: string) => string = (text) => text): Reading {
  const { text, model, usage, failure, truncated } = reading;
  if (typeof text !== 'string' || (failure && typeof failure.reason !== 'string')) throw new TypeError('the caption is no text');
  return {
    text: redact(text),
    ...(typeof model === 'string' && { model: redact(model).slice(0, LONGEST_MODEL) }),
    ...(usage && Object.values(usage).every(isTokenCount) && { usage }),
    ...(truncated && { truncated }),
    ...(failure && { failure: { ...failure, reason: redact(failure.reason) } }),
  };
}

const isTokenCount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= MOST_TOKENS;
