import { describe, expect, it } from 'vitest';
import { sendAll } from '../../../src/cli/support/sendAll.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

describe('sendAll', () => {
  it('sends all items but those that are left out, and no more than 256 at a time', async () => {
    let inFlight = 0;
    let most = 0;
    const sent: number[] = [];
    await sendAll(numbers(1000), (item) => {
      if (item % 10 === 0) return undefined;
      most = Math.max(most, ++inFlight);
      return new Promise((resolve) =>
        setImmediate(() => {
          inFlight--;
          sent.push(item);
          resolve();
        }),
      );
    });
    expect([sent.length, most]).toEqual([900, 256]);
  });

  it('rejects with the first failure', async () => {
    const failing = sendAll(numbers(5), async (item) => {
      if (item === 3) throw new Error('no broker');
    });
    await expect(failing).rejects.toThrow('no broker');
  });
});
