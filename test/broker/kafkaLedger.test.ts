import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { payOnce } from '../../src/interpret/payOnce.ts';
import type { Ledger } from '../../src/interpret/ledger.ts';
import { kafkaLedger } from '../../src/interpret/ledgers/kafkaLedger.ts';
import {
  answer,
  claimed,
  counting,
  frozenLedgerContract,
  ledgerContract,
  never,
  plan,
  sharedLedgerContract,
} from '../interpret/ledgers/ledger.contract.ts';
import { request } from '../interpret/support/request.ts';
import { brokers, describeKafka, unique } from './kafka.ts';

const opened = async (topic: string, ownerTimeoutMs = 15_000, path?: string): Promise<Ledger> => {
  const ledger = kafkaLedger({ brokers, topic, ownerTimeoutMs, ...(path && { path }) });
  await ledger.open();
  return ledger;
};

describeKafka('kafkaLedger', () => {
  ledgerContract(() => kafkaLedger({ brokers, topic: unique('ledger') }));
});

describeKafka('kafkaLedger of several instances', () => {
  sharedLedgerContract(() => {
    const topic = unique('ledger');
    return () => kafkaLedger({ brokers, topic });
  });
  frozenLedgerContract(() => {
    const options = { brokers: [...brokers], topic: unique('ledger'), ownerTimeoutMs: 1000 };
    return { make: () => kafkaLedger(options), thread: { kafka: options } };
  });

  it('finds what another instance paid a moment ago', async () => {
    const topic = unique('ledger');
    const [one, two] = [await opened(topic), await opened(topic)];
    for (let n = 0; n < 20; n++) {
      await one.commit(`key ${n}`, { answer: answer(`${n}`, 't', 'h'), route: [] });
      expect(await two.lookupOrClaim([`key ${n}`], never)).toMatchObject({ answer: { text: `${n}` } });
    }
    await Promise.all([one.close(), two.close()]);
  });

  it('waits for a call that another instance is making, and makes none itself', async () => {
    const topic = unique('ledger');
    const [one, two] = [await opened(topic), await opened(topic)];
    const [slow, other] = [counting([plan('a')], 500), counting([plan('a')])];
    const first = firstValueFrom(payOnce(one, slow)(request({ picture: 'p' })));
    while (slow.calls === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await firstValueFrom(payOnce(two, other)(request({ picture: 'p' })));
    expect(second.text).toBe((await first).text);
    expect(other.calls).toBe(0);
    await Promise.all([one.close(), two.close()]);
  });

  it('does not wait for an instance that is gone', async () => {
    const topic = unique('ledger');
    const [one, two] = [await opened(topic), await opened(topic)];
    await claimed(one, 'key');
    await one.close();
    expect((await claimed(two, 'key')).mayCall()).toBe(true);
    await two.close();
  });

  it('goes on from its local copy after a restart', async () => {
    const topic = unique('ledger');
    const path = await mkdtemp(join(tmpdir(), 'saccade-ledger-'));
    const one = await opened(topic, 15_000, path);
    await one.commit('key', { answer: answer('kept', 't', 'h'), route: [] });
    await one.close();
    const again = await opened(topic, 15_000, path);
    expect(await again.lookupOrClaim(['key'], never)).toMatchObject({ answer: { text: 'kept' } });
    await again.close();
  });
});
