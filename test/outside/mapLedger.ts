import type { Ledger, PaidAnswer } from 'saccade';

/** A ledger: answers in a map, claims in another. */
export const mapLedger = (answers = new Map<string, PaidAnswer>()): Ledger => {
  const claims = new Map<string, PromiseWithResolvers<void>>();
  return {
    name: 'mapLedger',
    async open() {},
    async lookupOrClaim(keys, signal) {
      for (;;) {
        signal.throwIfAborted();
        const known = keys.map((key) => answers.get(key)).find((paid) => paid !== undefined);
        if (known) return known;
        const [first] = keys;
        const other = claims.get(first!);
        if (!other) return claim(first!);
        await other.promise;
      }
    },
    async commit(key, paid) {
      answers.set(key, paid);
    },
    async close() {},
  };

  function claim(key: string): { mayCall: () => boolean; release: () => void } {
    const mine = Promise.withResolvers<void>();
    claims.set(key, mine);
    const release = (): void => {
      if (claims.get(key) === mine) claims.delete(key);
      mine.resolve();
    };
    return { mayCall: () => claims.get(key) === mine, release };
  }
};
