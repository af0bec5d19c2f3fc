import { randomUUID } from 'node:crypto';
import { access, constants, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RootDatabase, open } from 'lmdb';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Claim, Ledger, Paid } from '../ledger.ts';

export interface LmdbLedgerOptions {
  /** Folder of the database; made where it is absent. Several processes of one machine may share it. */
  path: string;
  /** A claim that its process has not renewed for this long is not waited for, in milliseconds. @default 120000 */
  ownerTimeoutMs?: number;
}

const schema = z.strictObject({
  path: z.string().min(1, 'must be the path of a folder'),
  ownerTimeoutMs: z.number().min(100).default(120_000),
});

/** A call that somebody is making. */
interface Intent {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** Unix milliseconds, by the clock that all processes of a machine share, until which it is worth waiting for. */
  readonly until: number;
}

const POLL_MS = 50;

/**
 * Remembers paid answers in an embedded database (LMDB): a crash loses nothing that was seen downstream, since `pay`
 * resolves when the answer is on disk. Keys are the 32 bytes of the request hash. A claim is taken in a transaction, so
 * that of several processes one has it. One that crashed is not waited for; one that is frozen is, until its claim has
 * run out, and it calls nobody when it wakes after that.
 */
export function lmdbLedger(options: LmdbLedgerOptions): Ledger {
  const { path, ownerTimeoutMs } = readOptions('lmdbLedger', schema, options);
  const me = randomUUID();
  let root: RootDatabase<Paid | Intent, Buffer> | undefined;
  let renewing: NodeJS.Timeout | undefined;
  /** Our claims, and until when they run. */
  const held = new Map<string, number>();
  const db = (): RootDatabase<Paid | Intent, Buffer> => {
    if (!root) throw new PipelineError('LEDGER_FAILED', `lmdbLedger ${path} is not open`);
    return root;
  };
  const failed = (cause: unknown): never => {
    throw cause instanceof PipelineError ? cause : new PipelineError('LEDGER_FAILED', `lmdbLedger ${path}: ${messageOf(cause)}`, { cause });
  };

  const paidOf = (keys: readonly string[]): Paid | undefined =>
    keys.map((key) => db().get(keyOf(key))).find((value): value is Paid => value !== undefined && 'answer' in value);
  const intentOf = (key: string): Intent | undefined => {
    const value = db().get(keyOf(key));
    return value !== undefined && 'until' in value ? value : undefined;
  };
  const isOurs = (key: string): boolean => intentOf(key)?.owner === me;
  /** Whether another is at it: not past its time, and not gone from this machine. */
  const isTaken = (key: string): boolean => {
    const intent = intentOf(key);
    return intent !== undefined && intent.owner !== me && intent.until > Date.now() && !isGone(intent);
  };
  const put = (key: string): Promise<boolean> => {
    const until = Date.now() + ownerTimeoutMs;
    held.set(key, until);
    return db().put(keyOf(key), { owner: me, host: hostname(), pid: process.pid, until });
  };
  /** Of all processes one is in there at a time. For what is rare: it waits for the disk. */
  const alone = <Out>(work: () => Out): Out => db().transactionSync(work);

  const renew = (): void => {
    if (held.size === 0) return;
    alone(() => {
      for (const key of held.keys()) if (isOurs(key)) void put(key);
    });
  };
  /** Whether the claim is ours. The new one, as most are, costs no wait for the disk. */
  const claim = async (key: string): Promise<boolean> => {
    if (intentOf(key) === undefined) return db().ifNoExists(keyOf(key), () => void put(key));
    return alone(() => {
      const intent = intentOf(key);
      const isFree = intent !== undefined && !isTaken(key);
      if (isFree) void put(key);
      return isFree;
    });
  };
  const claimOf = (key: string): Claim => {
    // Half of its time is left for the call to be made and the claim to be renewed.
    const isFirm = (): boolean => root !== undefined && (held.get(key) ?? 0) - Date.now() > ownerTimeoutMs / 2;
    return {
      mayCall: () => isFirm() && isOurs(key),
      release() {
        const wasFirm = isFirm();
        if (!held.delete(key) || !root) return;
        if (wasFirm) root.remove(keyOf(key)).catch(() => {});
        else alone(() => isOurs(key) && void db().remove(keyOf(key)));
      },
    };
  };

  return {
    name: 'lmdbLedger',
    async open() {
      try {
        // What LMDB says of a folder that it cannot write is no help, so that is found out before.
        await mkdir(path, { recursive: true });
        await access(path, constants.W_OK);
        root ??= open<Paid | Intent, Buffer>({ path, noSubdir: false, keyEncoding: 'binary', compression: false });
        renewing ??= setInterval(renew, ownerTimeoutMs / 4);
      } catch (cause) {
        failed(cause);
      }
    },
    async look(keys) {
      const key = keys[0]!;
      try {
        for (;;) {
          const paid = paidOf(keys);
          if (paid) return paid;
          if (!held.has(key) && !isTaken(key)) {
            held.set(key, 0);
            let isMine = false;
            try {
              isMine = await claim(key);
            } finally {
              if (!isMine) held.delete(key);
            }
            if (!isMine) continue;
            const mine = claimOf(key);
            if (!paidOf(keys)) return mine;
            mine.release();
            continue;
          }
          await sleep(POLL_MS);
        }
      } catch (cause) {
        return failed(cause);
      }
    },
    async pay(key, paid) {
      try {
        await db().put(keyOf(key), paid);
        await db().flushed;
        held.delete(key);
      } catch (cause) {
        failed(cause);
      }
    },
    async close() {
      clearInterval(renewing);
      renewing = undefined;
      await root?.close();
      root = undefined;
    },
  };
}

const keyOf = (hash: string): Buffer => Buffer.from(hash, 'hex');

/** Processes of other machines cannot be asked after. */
function isGone({ host, pid }: Intent): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
