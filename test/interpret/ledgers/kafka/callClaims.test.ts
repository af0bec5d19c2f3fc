import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { CallClaims } from '../../../../src/interpret/ledgers/kafka/callClaims.ts';
import type { Lease } from '../../../../src/interpret/ledgers/kafka/lease.ts';
import { type LedgerRecord, ledgerMessage } from '../../../../src/interpret/ledgers/kafka/ledgerRecord.ts';
import { LedgerState } from '../../../../src/interpret/ledgers/kafka/ledgerState.ts';
import { LocalCopy } from '../../../../src/interpret/ledgers/kafka/localCopy.ts';
import type { Claim } from '../../../../src/interpret/ledger.ts';
import { answer } from '../ledger.contract.ts';

interface Instance {
  readonly claims: CallClaims;
  readonly claim: (key: string) => Promise<Claim | undefined>;
  /** Ends its lease: the next term is another. */
  lapse(): void;
}

/** Instances on one log, which each reads when it catches up. */
function log(): { add: (owner: string) => Promise<Instance>; write: (record: LedgerRecord) => void; dead: Set<string> } {
  const messages: kafkajs.KafkaMessage[] = [];
  const dead = new Set<string>();
  const write = (record: LedgerRecord): void => {
    const { key, value } = ledgerMessage('ledger', record);
    messages.push({ key: Buffer.from(key!), value, offset: String(messages.length) } as kafkajs.KafkaMessage);
  };
  const addInstance = async (owner: string): Promise<Instance> => {
    let [term, read] = [1, 0];
    const lease = {
      term: () => term,
      beats: () => 1,
      isDead: (name: string) => dead.has(name),
      heartbeatOf() {},
      ended() {},
    } as unknown as Lease;
    const state = new LedgerState(new LocalCopy(await mkdtemp(join(tmpdir(), 'saccade-claims-')), false), lease);
    const claims = new CallClaims({
      owner,
      lease,
      state,
      isUsable: () => true,
      send: async (record) => write(record),
      caughtUp: async () => {
        const from = read;
        read = messages.length;
        await state.read(messages.slice(from, read), 0, 1000);
      },
      onFailed: (cause) => {
        throw cause;
      },
    });
    const claim = async (key: string): Promise<Claim | undefined> => {
      const found = await claims.claim([key], term);
      return found && 'release' in found ? found : undefined;
    };
    return { claims, claim, lapse: () => void term++ };
  };
  return { add: addInstance, write, dead };
}

describe('CallClaims', () => {
  it('gives the call to the instance whose record comes first', async () => {
    const { add } = log();
    const [one, two] = [await add('one'), await add('two')];
    const found = await Promise.all([one.claim('key'), two.claim('key')]);
    expect(found.map((claim) => claim?.mayCall())).toEqual([true, undefined]);
    expect([one.claims.isTaken('key', 1), two.claims.isTaken('key', 1)]).toEqual([true, true]);
  });

  it('passes a call on that was given up', async () => {
    const { add } = log();
    const [one, two] = [await add('one'), await add('two')];
    const first = await one.claim('key');
    first!.release();
    expect(first!.mayCall()).toBe(false);
    expect((await two.claim('key'))?.mayCall()).toBe(true);
  });

  it('takes over the call of a dead instance, and only of a dead one', async () => {
    const { add, dead } = log();
    const [one, two] = [await add('one'), await add('two')];
    const first = await one.claim('key');
    expect(await two.claim('key')).toBeUndefined();
    expect(two.claims.isTaken('key', 1)).toBe(true);
    dead.add('one');
    expect((await two.claim('key'))?.mayCall()).toBe(true);
    await one.claims.claim(['other'], 1);
    expect(first!.mayCall()).toBe(false);
  });

  it('holds in the term of the lease in which it was made', async () => {
    const { add } = log();
    const one = await add('one');
    const claim = await one.claim('key');
    one.lapse();
    expect(claim!.mayCall()).toBe(false);
  });

  it('is not made for what was paid for meanwhile', async () => {
    const { add, write } = log();
    const one = await add('one');
    write({ kind: 'paid', requestHash: 'key', paid: { answer: answer('a disc', 't', 'key'), route: [] } });
    expect(await one.claims.claim(['key'], 1)).toMatchObject({ answer: { text: 'a disc' } });
    expect(one.claims.isTaken('key', 1)).toBe(false);
  });
});
