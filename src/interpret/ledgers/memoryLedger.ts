import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Claim, Ledger, Paid } from '../ledger.ts';

export interface MemoryLedgerOptions {
  /** Answers kept; the oldest go first. @default 100000 */
  answers?: number;
}

const schema = z.strictObject({ answers: z.int().min(1).default(100_000) });

/** Within one process identical requests share a flight already. */
const CLAIM: Claim = { mayCall: () => true, release() {} };

/** Remembers paid answers for as long as the process lives. */
export function memoryLedger(options: MemoryLedgerOptions = {}): Ledger {
  const { answers } = readOptions('memoryLedger', schema, options);
  const paid = new Map<string, Paid>();
  return {
    name: 'memoryLedger',
    params: { answers },
    open: async () => {},
    look: async (keys) => {
      for (const key of keys) {
        const found = paid.get(key);
        if (found) return found;
      }
      return CLAIM;
    },
    pay: async (key, answer) => {
      paid.set(key, answer);
      if (paid.size > answers) paid.delete(paid.keys().next().value!);
    },
    close: async () => {},
  };
}
