import { describe, expect, it } from 'vitest';
import { type LedgerRecord, ledgerMessage, readLedgerRecord } from '../../../../src/interpret/ledgers/kafka/ledgerRecord.ts';
import { answer } from '../ledger.contract.ts';

const records: readonly LedgerRecord[] = [
  { kind: 'paid', requestHash: 'ab', paid: { answer: answer('a disc', 't', 'ab'), route: [] } },
  { kind: 'claim', requestHash: 'ab', claim: { id: 'me/0', over: 'other/3' } },
  { kind: 'heartbeat', owner: 'me', leaseMs: 15_000 },
  { kind: 'ended', owner: 'me' },
];
const read = (key: string | null, value: string | null): LedgerRecord | undefined =>
  readLedgerRecord({ key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value) });

describe('a record of the ledger topic', () => {
  it.each(records)('is read as it was written: $kind', (record) => {
    const { key, value } = ledgerMessage('ledger', record);
    expect(readLedgerRecord({ key: Buffer.from(key!), value })).toEqual(record);
  });

  it('has the keys and values that earlier versions wrote', () => {
    expect(
      records
        .slice(1)
        .map((record) => ledgerMessage('ledger', record))
        .map(({ key, value }) => [key, value && String(value)]),
    ).toEqual([
      ['intent ab', '{"id":"me/0","over":"other/3"}'],
      ['owner me', '{"leaseMs":15000}'],
      ['owner me', null],
    ]);
    expect(ledgerMessage('ledger', records[0]!).key).toBe('ab');
  });

  // Issue 10: one message that is no JSON made the follower restart for ever.
  it.each([
    ['ab', 'no JSON'],
    ['ab', '"text"'],
    ['ab', 'null'],
    ['ab', '{"other":"program"}'],
    ['intent ab', '{'],
    ['owner me', '{'],
    ['ab', null],
    ['intent ab', null],
    [null, '{}'],
  ])('says nothing where it is not of a ledger: %s %s', (key, value) => {
    expect(read(key, value)).toBeUndefined();
  });
});
