import { PipelineError } from '../errors.ts';
import { shown } from '../stage/shown.ts';

const DIGITS = /^\d{1,20}$/;

/** The largest value of a field. */
export const MOST = {
  /** What any format can address is far less: whether a sensor can be so large is for the decoder to say. */
  side: 2n ** 31n - 1n,
  seq: 2n ** 64n - 1n,
  timeBaseNs: 2n ** 63n - 1n,
  capturedAtUs: 2n ** 53n - 1n,
} as const;

/**
 * A whole number from 0 to `most`, of a number or of decimal digits: to the last digit, where it came as text or bigint.
 * Throws DECODE_MALFORMED with the value found.
 *
 * @param what the field, for people, such as `header 'width'`
 */
export function wholeNumber(what: string, found: unknown, most: bigint): bigint {
  const value = exactly(found);
  if (value !== undefined && value >= 0n && value <= most) return value;
  throw new PipelineError('DECODE_MALFORMED', `${what} should be a whole number from 0 to ${most} (found ${shown(found)})`);
}

function exactly(found: unknown): bigint | undefined {
  if (typeof found === 'bigint') return found;
  if (typeof found === 'number') return Number.isSafeInteger(found) ? BigInt(found) : undefined;
  return typeof found === 'string' && DIGITS.test(found) ? BigInt(found) : undefined;
}

/** A running number of up to 64 bits as a double: its lowest 53 bits, which tell whether packets continue each other. */
export const seqOf = (seq: bigint): number => Number(BigInt.asUintN(53, seq));
