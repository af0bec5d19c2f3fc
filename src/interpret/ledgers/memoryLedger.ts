import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Claim, Ledger, PaidAnswer } from '../ledger.ts';

export interface MemoryLedgerOptions {
  /** Answers kept; the oldest are dropped first. @default 100000 */
  answers?: number;
}

const schema = z.strictObject({ answers: z.int().min(1).default(100_000) });

/** Within one process identical requests share a call already. */
const CLAIM: Claim = { mayCall: () => true, release() {} };

/** Remembers paid answers for as long as the process lives. */
export function memoryLedger(options: MemoryLedgerOptions = {}): Ledger {
  const { answers } = readOptions('memoryLedger', schema, options);
  const paid = new Map<string, PaidAnswer>();
  return {
    name: 'memoryLedger',
    params: { answers },
    open: async () => {},
    async lookupOrClaim(keys) {
      for (const key of keys) {
        const found = paid.get(key);
        if (found) return found;
      }
      return CLAIM;
    },
    async commit(key, answer) {
      paid.set(key, answer);
      if (paid.size > answers) paid.delete(paid.keys().next().value!);
    },
    close: async () => {},
  };
}
