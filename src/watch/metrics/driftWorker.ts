import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SampledCaption } from './driftSample.ts';
import { measureDrift } from './measureDrift.ts';

/** The thread that measureApart starts for one measurement. */
export const driftWorker = (port: MessagePort): void => port.postMessage(measureDrift(workerData as readonly SampledCaption[]), []);

if (parentPort) driftWorker(parentPort);
