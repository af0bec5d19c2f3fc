import { Worker } from 'node:worker_threads';
import type { SampledCaption } from './driftSample.ts';
import type { SampledDrift } from './measureDrift.ts';

const file = new URL(`./driftWorker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/**
 * Measures the drift in a thread of its own, which ends with it and does not keep the process alive. `found` is not called where there is
 * none to be measured.
 */
export function measureApart(sampled: readonly SampledCaption[], found: (drift: SampledDrift) => void): { end: () => void } {
  const worker = new Worker(file, { workerData: sampled });
  worker.unref();
  worker.once('message', (drift: SampledDrift | undefined) => {
    if (drift) found(drift);
  });
  // A figure less is no reason to end a run.
  worker.once('error', () => {});
  return { end: () => void worker.terminate() };
}
