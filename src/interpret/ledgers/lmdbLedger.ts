import { access, constants, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RootDatabase, open } from 'lmdb';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { readOptions } from '../../options.ts';
import type { Ledger, Paid } from '../ledger.ts';

export interface LmdbLedgerOptions {
  /** Folder of the database; made where it is absent. Several processes of one machine may share it. */
  path: string;
}

const schema = z.strictObject({ path: z.string().min(1, 'must be the path of a folder') });

/** A call that somebody is making. */
interface Intent {
  readonly host: string;
  readonly pid: number;
  /** Unix milliseconds until which it is worth waiting for. */
  readonly until: number;
}

const POLL_MS = 50;

/**
 * Remembers paid answers in an embedded database (LMDB): a crash loses nothing that was seen downstream, since `pay`
 * resolves when the answer is on disk. Keys are the 32 bytes of the request hash.
 */
export function lmdbLedger(options: LmdbLedgerOptions): Ledger {
  const { path } = readOptions('lmdbLedger', schema, options);
  let root: RootDatabase<Paid | Intent, Buffer> | undefined;
  const db = (): RootDatabase<Paid | Intent, Buffer> => {
    if (!root) throw new PipelineError('LEDGER_FAILED', `lmdbLedger ${path} is not open`);
    return root;
  };
  const failed = (cause: unknown): never => {
    throw cause instanceof PipelineError ? cause : new PipelineError('LEDGER_FAILED', `lmdbLedger ${path}: ${messageOf(cause)}`, { cause });
  };

  return {
    name: 'lmdbLedger',
    async open() {
      try {
        // What LMDB says of a folder that it cannot write is no help, so that is found out before.
        await mkdir(path, { recursive: true });
        await access(path, constants.W_OK);
        root ??= open<Paid | Intent, Buffer>({ path, noSubdir: false, keyEncoding: 'binary', compression: false });
      } catch (cause) {
        failed(cause);
      }
    },
    async find(keys) {
      const wanted = keys.map(keyOf);
      try {
        for (;;) {
          const found = wanted.map((key) => db().get(key)).filter((value) => value !== undefined);
          const paid = found.find((value): value is Paid => 'answer' in value);
          if (paid || !found.some((value) => 'until' in value && isLive(value))) return paid;
          await sleep(POLL_MS);
        }
      } catch (cause) {
        return failed(cause);
      }
    },
    async intend(key, deadlineMs) {
      const id = keyOf(key);
      // Not waited for: an intent that is lost in a crash is one that no longer matters.
      db()
        .ifNoExists(id, () => void db().put(id, { host: hostname(), pid: process.pid, until: deadlineMs }))
        .catch(() => {});
    },
    async pay(key, paid) {
      try {
        await db().put(keyOf(key), paid);
        await db().flushed;
      } catch (cause) {
        failed(cause);
      }
    },
    async close() {
      await root?.close();
      root = undefined;
    },
  };
}

const keyOf = (hash: string): Buffer => Buffer.from(hash, 'hex');

/** Whether the one who said it is still at it: not this process, not past its time, and not gone from this machine. */
function isLive({ host, pid, until }: Intent): boolean {
  if (until < Date.now() || pid === process.pid) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
