import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BatchSender, batchingProducer } from '../../../src/kafka/producer/batchingProducer.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

interface FakeSender extends BatchSender {
  readonly batches: string[][];
  readonly calls: string[];
}

function sender(faults: Error[] = []): FakeSender {
  const [batches, calls]: [string[][], string[]] = [[], []];
  return {
    batches,
    calls,
    async send(messages) {
      calls.push('send');
      const fault = faults.shift();
      if (fault) throw fault;
      batches.push(messages.map(({ value }) => String(value)));
    },
    reconnect: async () => void calls.push('reconnect'),
    close: async () => void calls.push('close'),
  };
}

const message = (text: string) => ({ topic: 't', key: null, value: Buffer.from(text) });

describe('batchingProducer', () => {
  it('sends messages of one turn together, in their order, one batch after the other', async () => {
    const fake = sender();
    const producer = batchingProducer(fake);
    await Promise.all(['a', 'b'].map((text) => producer.send(message(text))));
    await producer.send(message('c'));
    expect(fake.batches).toEqual([['a', 'b'], ['c']]);
  });

  it('waits for the linger time', async () => {
    const fake = sender();
    const producer = batchingProducer(fake, { lingerMs: 10 });
    const first = producer.send(message('a'));
    await vi.advanceTimersByTimeAsync(9);
    const second = producer.send(message('b'));
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([first, second]);
    expect(fake.batches).toEqual([['a', 'b']]);
  });

  it('reconnects before it repeats a batch', async () => {
    const fake = sender([new Error('away')]);
    const sent = batchingProducer(fake, { lingerMs: 1 }).send(message('a'));
    await vi.runAllTimersAsync();
    await sent;
    expect(fake.calls).toEqual(['send', 'reconnect', 'send']);
    expect(fake.batches).toEqual([['a']]);
  });

  it('rejects with SINK_FAILED what cannot be sent, goes on with what comes after, and closes when all is sent', async () => {
    const fake = sender([Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' })]);
    const producer = batchingProducer(fake);
    await expect(producer.send(message('a'))).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('too large') });
    const last = producer.send(message('b'));
    await producer.close();
    await last;
    expect(fake.calls).toEqual(['send', 'send', 'close']);
  });
});
