import { describe, expect, it } from 'vitest';
import type { FromChannel } from '../../src/threads/fromWorker.ts';
import { startWorker } from '../../src/threads/workerThread.ts';

const shut = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** A worker takes a second of processor time to start, and a shared machine may have little of it. */
describe('a worker thread that ends by itself', { timeout: 90_000 }, () => {
  const ending = async (): Promise<ReturnType<typeof startWorker>> => {
    const worker = startWorker({ module: 'data:text/javascript,process.exit(3)', shut }, 'hash');
    await expect(worker.flush()).rejects.toThrow('a worker thread ended with code 3');
    return worker;
  };

  it('says so on a channel that is opened afterwards', async () => {
    const worker = await ending();
    const message = await new Promise<FromChannel>((resolve) => worker.open(resolve));
    expect(message).toMatchObject({ kind: 'broken', channel: 1, error: worker.broken });
  });

  it('rejects what is asked of it afterwards, and can be closed', async () => {
    const worker = await ending();
    await expect(worker.draw(1)).rejects.toBe(worker.broken);
    await expect(worker.flush()).rejects.toBe(worker.broken);
    await worker.close();
  });
});
