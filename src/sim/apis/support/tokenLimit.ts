import { InvalidRequest } from '../../api/invalidRequest.ts';

/** A positive whole number of tokens; Infinity where the field is absent. Throws InvalidRequest. */
export function tokenLimit(value: unknown, field: string): number {
  if (value === undefined || value === null) return Infinity;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new InvalidRequest(`${field}: expected an integer of at least 1, got ${JSON.stringify(value)}`);
  }
  return value;
}
