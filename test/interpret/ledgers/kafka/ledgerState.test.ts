import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../../src/interpret/ledgers/kafka/lease.ts';
import { LedgerState } from '../../../../src/interpret/ledgers/kafka/ledgerState.ts';
import { type LedgerRecord, ledgerMessage } from '../../../../src/interpret/ledgers/kafka/ledgerRecord.ts';
import { LocalCopy } from '../../../../src/interpret/ledgers/kafka/localCopy.ts';
import { answer } from '../ledger.contract.ts';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'saccade-copy-'));

function fakeLease(calls: string[] = []): Lease {
  return {
    term: () => 1,
    beats: () => 1,
    heartbeatOf: (owner, leaseMs) => void calls.push(`${owner} ${leaseMs}`),
    ended: (owner) => void calls.push(`${owner} ended`),
    isDead: () => false,
    close: async () => {},
  };
}

const messages = (first: number, ...records: LedgerRecord[]): kafkajs.KafkaMessage[] =>
  records.map((record, i) => {
    const { key, value } = ledgerMessage('ledger', record);
    return { key: Buffer.from(key!), value, offset: String(first + i) } as kafkajs.KafkaMessage;
  });
const paid = (requestHash: string, text = 'a disc'): LedgerRecord => ({
  kind: 'paid',
  requestHash,
  paid: { answer: answer(text, 't', requestHash), route: [] },
});
const claim = (requestHash: string, id: string): LedgerRecord => ({ kind: 'claim', requestHash, claim: { id } });

describe('LedgerState', () => {
  it('knows answers, claims and heartbeats, and forgets the claim of what was paid', async () => {
    const copy = new LocalCopy(await newFolder(), false);
    const heartbeats: string[] = [];
    const state = new LedgerState(copy, fakeLease(heartbeats));
    const changed = state.changed.next();
    await state.read(
      messages(0, claim('a', 'x/0'), claim('b', 'x/1'), { kind: 'heartbeat', owner: 'x', leaseMs: 500 }, { kind: 'ended', owner: 'y' }),
      0,
      1000,
    );
    await changed;
    expect([state.claimOf('a'), state.claimOf('b'), heartbeats]).toEqual(['x/0', 'x/1', ['x 500', 'y ended']]);
    await state.read(messages(4, paid('a'), claim('a', 'y/0')), 0, 1000);
    expect([state.claimOf('a'), state.paidAnswer(['c', 'a'])?.answer.text]).toEqual([undefined, 'a disc']);
    await copy.close();
  });

  it('reports the claim that its own record made', async () => {
    const copy = new LocalCopy(await newFolder(), false);
    const state = new LedgerState(copy, fakeLease());
    const reported: string[] = [];
    state.onClaim((requestHash, holder) => reported.push(`${requestHash} ${holder}`));
    await state.read(messages(0, claim('a', 'x/0'), claim('a', 'y/0'), claim('b', 'y/1')), 0, 1000);
    expect(reported).toEqual(['a x/0', 'b y/1']);
    await copy.close();
  });

  it('goes on after a restart from a copy that is kept: answers, claims and the offset', async () => {
    const folder = await newFolder();
    const before = new LocalCopy(folder, true);
    const state = new LedgerState(before, fakeLease());
    await state.read(messages(7, paid('a'), claim('b', 'x/0'), claim('c', 'x/1')), 2, 1000);
    await state.read(messages(10, { kind: 'claim', requestHash: 'c', claim: { over: 'x/1' } }), 2, 1000);
    await before.close();
    const copy = new LocalCopy(folder, true);
    const again = new LedgerState(copy, fakeLease());
    expect([copy.nextOffset(2), copy.nextOffset(0)]).toEqual([11, 0]);
    expect([again.claimOf('b'), again.claimOf('c'), again.paidAnswer(['a'])?.answer.text]).toEqual(['x/0', undefined, 'a disc']);
    await copy.close();
  });
});
