import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Ledger } from '../../../src/interpret/ledger.ts';
import { type KafkaLedgerOptions, kafkaLedger } from '../../../src/interpret/ledgers/kafkaLedger.ts';
import { type LmdbLedgerOptions, lmdbLedger } from '../../../src/interpret/ledgers/lmdbLedger.ts';

const never = new AbortController().signal;

export interface FrozenOptions {
  readonly ledger: { readonly kafka: KafkaLedgerOptions } | { readonly lmdb: LmdbLedgerOptions };
  readonly key: string;
}

/** What the thread says, in this order: whether it may call before, and right after it stood still, and what it finds then. */
export type Said = { readonly mayCall: boolean } | { readonly found: string };

export interface Frozen {
  next(): Promise<Said>;
  thaw(): void;
  end(): Promise<unknown>;
}

/** Starts a thread that claims the call of a key, and then stands still, timers and sockets and all, until it is thawed. */
export function freeze(options: FrozenOptions): Frozen {
  const ice = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { ...options, ice } });
  const said: Said[] = [];
  const waiting: PromiseWithResolvers<Said>[] = [];
  worker.on('message', (word: Said) => {
    const next = waiting.shift();
    if (next) next.resolve(word);
    else said.push(word);
  });
  worker.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    async next() {
      const word = said.shift();
      if (word) return word;
      const next = Promise.withResolvers<Said>();
      waiting.push(next);
      return next.promise;
    },
    thaw() {
      Atomics.store(ice, 0, 1);
      Atomics.notify(ice, 0);
    },
    end: async () => worker.terminate(),
  };
}

async function stand({ ledger: options, key, ice }: FrozenOptions & { ice: Int32Array }): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows of a browser
  const say = (word: Said): void => parentPort!.postMessage(word);
  const ledger: Ledger = 'kafka' in options ? kafkaLedger(options.kafka) : lmdbLedger(options.lmdb);
  await ledger.open();
  const claim = await ledger.lookupOrClaim([key], never);
  if ('answer' in claim) throw new Error('paid for already');
  say({ mayCall: claim.mayCall() });
  Atomics.wait(ice, 0, 0);
  say({ mayCall: claim.mayCall() });
  claim.release();
  const found = await ledger.lookupOrClaim([key], never);
  say({ found: 'answer' in found ? found.answer.text : 'nothing' });
  await ledger.close();
}

if (!isMainThread && workerData !== null && 'ice' in workerData) await stand(workerData as Parameters<typeof stand>[0]);
