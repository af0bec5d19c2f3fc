import type kafkajs from 'kafkajs';
import { Change } from '../../../kafka/consumer/change.ts';
import type { PaidAnswer } from '../../ledger.ts';
import { type ClaimRecord, claimAfter } from './claimRecord.ts';
import type { Lease } from './lease.ts';
import { readLedgerRecord } from './ledgerRecord.ts';
import type { LocalCopy } from './localCopy.ts';

/** What the log of a ledger says so far: which answers were paid for, which calls are claimed, which instances are alive. */
export class LedgerState {
  /** Announced when messages were read. */
  readonly changed = new Change();
  readonly #copy: LocalCopy;
  readonly #lease: Lease;
  /** By request hash, the claim that holds. */
  readonly #claims: Map<string, string>;
  #onClaim: (requestHash: string, holder: string) => void = () => {};

  constructor(copy: LocalCopy, lease: Lease) {
    this.#copy = copy;
    this.#lease = lease;
    this.#claims = copy.claims();
  }

  /** Calls `listener` with the claim that holds after each record about one. */
  onClaim(listener: (requestHash: string, holder: string) => void): void {
    this.#onClaim = listener;
  }

  /** The claim that holds. */
  claimOf(requestHash: string): string | undefined {
    return this.#claims.get(requestHash);
  }

  paidAnswer(requestHashes: readonly string[]): PaidAnswer | undefined {
    return this.#copy.paidAnswer(requestHashes);
  }

  /** Takes in messages of one partition, in their order. @param leaseMs how long heartbeats of earlier versions count */
  async read(messages: readonly kafkajs.KafkaMessage[], partition: number, leaseMs: number): Promise<void> {
    const paid = new Map<string, PaidAnswer>();
    const claimed = new Set<string>();
    for (const message of messages) {
      const record = readLedgerRecord(message);
      if (record?.kind === 'heartbeat') this.#lease.heartbeatOf(record.owner, record.leaseMs ?? leaseMs);
      else if (record?.kind === 'ended') this.#lease.ended(record.owner);
      else if (record?.kind === 'paid') {
        paid.set(record.requestHash, record.paid);
        if (this.#claims.delete(record.requestHash)) claimed.add(record.requestHash);
      } else if (record && !paid.has(record.requestHash) && !this.#copy.hasPaid(record.requestHash)) {
        this.#claim(record.requestHash, record.claim);
        claimed.add(record.requestHash);
      }
    }
    const last = messages.at(-1);
    const claims = new Map([...claimed].map((requestHash) => [requestHash, this.#claims.get(requestHash)]));
    if (last) await this.#copy.store({ paid, claims, partition, next: Number(last.offset) + 1 });
    this.changed.announce();
  }

  #claim(requestHash: string, record: ClaimRecord): void {
    const holder = claimAfter(this.#claims.get(requestHash), record);
    if (holder === undefined) {
      this.#claims.delete(requestHash);
      return;
    }
    this.#claims.set(requestHash, holder);
    if (holder === record.id) this.#onClaim(requestHash, holder);
  }
}
