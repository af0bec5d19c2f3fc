import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LmdbClaims, type LedgerDatabase } from '../../../src/interpret/ledgers/lmdb/lmdbClaims.ts';
import { lmdbWrites } from '../../../src/interpret/ledgers/lmdb/lmdbWrites.ts';

const never = (): Promise<boolean> => new Promise(() => {});
const unused = { transactionSync: () => expect.fail('no transaction is begun') };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('writes of a ledger in LMDB (issue 11)', () => {
  it('fail together with the first one that fails, and none is begun after it', async () => {
    const writes = lmdbWrites(unused);
    const lost = writes.write(never);
    const failing = writes.write(async () => Promise.reject(new Error('No space left on device')));
    await expect(failing).rejects.toThrow('No space left on device');
    await expect(lost).rejects.toThrow('No space left on device');
    await expect(writes.write(() => expect.fail('it is begun'))).rejects.toThrow('No space left on device');
    expect(() => writes.inTransaction(() => true)).toThrow('No space left on device');
  });

  it('that LMDB has lost are not waited for without end', async () => {
    const lost = expect(lmdbWrites(unused).write(never)).rejects.toThrow('a write has not ended within 30 s');
    await vi.advanceTimersByTimeAsync(30_000);
    await lost;
  });

  it('allow no call any more once the claim cannot be read', async () => {
    let canRead = true;
    let stored: unknown;
    const database = {
      get() {
        if (!canRead) throw new Error('MDB_PANIC');
        return stored;
      },
      ifNoExists: async (_key: Buffer, work: () => void) => (work(), true),
      put: async (_key: Buffer, claim: unknown) => ((stored = claim), true),
      remove: async () => true,
    } as unknown as LedgerDatabase;
    const claims = new LmdbClaims(database, lmdbWrites(unused), 120_000);
    const claim = (await claims.tryToClaim('00'.repeat(32)))!;
    expect(claim.mayCall()).toBe(true);
    canRead = false;
    expect(claim.mayCall()).toBe(false);
    claims.close();
  });
});
