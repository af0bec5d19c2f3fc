/*
  The ledger in a compacted topic; all values are JSON
    key = request hash            value = { answer, route }   paid for; the latest is kept for ever
    key = 'intent ' request hash  value = { id, over }        a claim to the call, see claimRecord.ts
    key = 'owner ' owner          value = { leaseMs }         a heartbeat, which counts for so long; null: the owner has ended
  A claim has a key of its own: under the hash it would be the latest record, and compaction would remove the answer.
  It lasts as long as its owner: a call may wait for hours until vendors have room, and is claimed all that time.
*/
import type kafkajs from 'kafkajs';
import { ensureTopic } from '../../../kafka/client/ensureTopic.ts';
import { retryUntil } from '../../../kafka/client/retryUntil.ts';
import { withAdmin } from '../../../kafka/client/withAdmin.ts';
import type { OutMessage } from '../../../kafka/producer/sendMessages.ts';
import type { PaidAnswer } from '../../ledger.ts';
import type { ClaimRecord } from './claimRecord.ts';

export type LedgerRecord =
  | { readonly kind: 'paid'; readonly requestHash: string; readonly paid: PaidAnswer }
  | { readonly kind: 'claim'; readonly requestHash: string; readonly claim: ClaimRecord }
  | { readonly kind: 'heartbeat'; readonly owner: string; readonly leaseMs: number | undefined }
  | { readonly kind: 'ended'; readonly owner: string };

const CLAIM = 'intent ';
const OWNER = 'owner ';

/** Reads a record. Undefined for one without a value, and for one that is not of a ledger: other programs may write to the topic. */
export function readLedgerRecord({ key, value }: Pick<kafkajs.KafkaMessage, 'key' | 'value'>): LedgerRecord | undefined {
  const name = key?.toString() ?? '';
  if (name.startsWith(OWNER) && !value) return { kind: 'ended', owner: name.slice(OWNER.length) };
  const fields = value ? objectIn(value) : undefined;
  if (!fields) return undefined;
  if (name.startsWith(OWNER))
    return { kind: 'heartbeat', owner: name.slice(OWNER.length), leaseMs: fields['leaseMs'] as number | undefined };
  if (name.startsWith(CLAIM)) return { kind: 'claim', requestHash: name.slice(CLAIM.length), claim: fields };
  return 'answer' in fields ? { kind: 'paid', requestHash: name, paid: fields as unknown as PaidAnswer } : undefined;
}

/** The message of a record. */
export function ledgerMessage(topic: string, record: LedgerRecord): OutMessage {
  if (record.kind === 'paid') return { topic, key: record.requestHash, value: json(record.paid) };
  if (record.kind === 'claim') return { topic, key: CLAIM + record.requestHash, value: json(record.claim) };
  const value = record.kind === 'heartbeat' ? json({ leaseMs: record.leaseMs }) : null;
  return { topic, key: OWNER + record.owner, value };
}

/** Creates the topic where it is absent. */
export const ensureLedgerTopic = (kafka: kafkajs.Kafka, topic: string): Promise<void> =>
  retryUntil(
    () =>
      withAdmin(kafka, (admin) =>
        ensureTopic(admin, topic, {
          partitions: 4,
          config: {
            'cleanup.policy': 'compact',
            'min.cleanable.dirty.ratio': '0.1',
            // All records about a claim tell who has it, not the last one alone.
            'min.compaction.lag.ms': String(24 * 3_600_000),
          },
        }),
      ),
    60_000,
  );

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

function objectIn(value: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const found: unknown = JSON.parse(value.toString());
    return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
