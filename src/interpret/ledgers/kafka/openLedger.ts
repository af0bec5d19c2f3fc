import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../../errors.ts';
import { pause } from '../../../kafka/client/pause.ts';
import { type TopicFollower, topicFollower } from '../../../kafka/consumer/topicFollower.ts';
import type { BatchingProducer } from '../../../kafka/producer/batchingProducer.ts';
import { openBatchingProducer } from '../../../kafka/producer/openBatchingProducer.ts';
import type { Claim, PaidAnswer } from '../../ledger.ts';
import { CallClaims } from './callClaims.ts';
import { type Lease, makeLease } from './lease.ts';
import { LedgerState } from './ledgerState.ts';
import { type LedgerRecord, ensureLedgerTopic, ledgerMessage } from './ledgerRecord.ts';
import { LocalCopy } from './localCopy.ts';

export interface OpenLedgerOptions {
  readonly topic: string;
  /** Folder of the local copy; undefined: one that is removed when the ledger is closed. */
  readonly path: string | undefined;
  readonly ownerTimeoutMs: number;
}

/** How often a call of another instance is looked at while nothing is read: its owner may have died. */
const LOOK_EVERY_MS = 200;

interface OpenLedgerParts {
  readonly topic: string;
  /** The name of this instance in the log. */
  readonly owner: string;
  readonly producer: BatchingProducer;
  readonly lease: Lease;
  readonly state: LedgerState;
}

/** Opens a ledger and reads it to its end. What was opened is closed again where that fails. */
export async function openLedger(kafka: kafkajs.Kafka, { topic, path, ownerTimeoutMs }: OpenLedgerOptions): Promise<OpenLedger> {
  // Closes what was opened, in reverse order; brokers that cannot be told are left alone.
  await using stack = new AsyncDisposableStack();
  const owner = randomUUID();
  await ensureLedgerTopic(kafka, topic);
  const copy = new LocalCopy(path ?? join(tmpdir(), `saccade-ledger-${owner}`), path !== undefined);
  stack.defer(() => copy.close());
  const producer = await openBatchingProducer(kafka, { compression: 'zstd', lingerMs: 10 });
  stack.defer(() => producer.close().catch(() => {}));
  const lease = await makeLease(ownerTimeoutMs, () =>
    producer.send(ledgerMessage(topic, { kind: 'heartbeat', owner, leaseMs: ownerTimeoutMs })),
  );
  stack.defer(() => lease.close());
  const state = new LedgerState(copy, lease);
  const ledger = new OpenLedger({ topic, owner, producer, lease, state });
  const follower = await topicFollower(kafka, {
    topic,
    firstOffset: (partition) => copy.nextOffset(partition),
    use: (messages, partition) => state.read(messages, partition, ownerTimeoutMs),
    onFailed: (error) => ledger.fail(error),
  });
  stack.defer(() => follower.close().catch(() => {}));
  await follower.caughtUp();
  ledger.start(follower, stack.move());
  return ledger;
}

/** A ledger that was read to its end, and follows its topic. */
export class OpenLedger {
  readonly #parts: OpenLedgerParts;
  readonly #claims: CallClaims;
  #follower: TopicFollower | undefined;
  #resources: AsyncDisposableStack | undefined;
  #failure: PipelineError | undefined;

  constructor(parts: OpenLedgerParts) {
    this.#parts = parts;
    this.#claims = new CallClaims({
      ...parts,
      isUsable: () => this.#resources !== undefined && this.#failure === undefined,
      send: (record) => this.#send(record),
      caughtUp: async () => this.#follower?.caughtUp(),
      onFailed: (cause) => this.fail(cause),
    });
  }

  /** @param resources closed with the ledger */
  start(follower: TopicFollower, resources: AsyncDisposableStack): void {
    this.#follower = follower;
    this.#resources = resources;
  }

  /** From here on everything rejects. */
  fail(cause: unknown): void {
    const message = `kafkaLedger ${this.#parts.topic}: ${messageOf(cause)}`;
    this.#failure ??= new PipelineError('LEDGER_FAILED', message, { cause, retryable: true });
    this.#parts.state.changed.announce();
  }

  async lookupOrClaim(keys: readonly string[], signal: AbortSignal): Promise<PaidAnswer | Claim> {
    const { state, lease } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      this.#throwIfUnusable();
      const paid = state.paidAnswer(keys);
      if (paid) return paid;
      const term = lease.term();
      const isTaken = term === undefined || this.#claims.isTaken(keys[0]!, lease.beats());
      const found = isTaken ? undefined : await this.#claims.claim(keys, term);
      if (found) return found;
      await Promise.race([state.changed.next(), pause(LOOK_EVERY_MS, signal)]);
    }
  }

  async commit(key: string, paid: PaidAnswer): Promise<void> {
    await this.#send({ kind: 'paid', requestHash: key, paid });
    this.#claims.forget(key);
  }

  /** Whether the broker accepts our heartbeats. */
  isReady(): boolean {
    this.#throwIfUnusable();
    return this.#parts.lease.term() !== undefined;
  }

  async close(): Promise<void> {
    await this.#parts.lease.close();
    await this.#send({ kind: 'ended', owner: this.#parts.owner }).catch(() => {});
    const resources = this.#resources;
    this.#resources = undefined;
    await resources?.disposeAsync();
  }

  #throwIfUnusable(): void {
    if (this.#failure) throw this.#failure;
    if (!this.#resources) throw new PipelineError('LEDGER_FAILED', `kafkaLedger ${this.#parts.topic} is not open`);
  }

  async #send(record: LedgerRecord): Promise<void> {
    this.#throwIfUnusable();
    await this.#parts.producer.send(ledgerMessage(this.#parts.topic, record));
  }
}
