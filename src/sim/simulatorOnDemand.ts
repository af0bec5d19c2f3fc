import { type Simulator, startSimulator } from './simulator.ts';
import type { SimulatorOptions } from './options/simulatorOptions.ts';

/** A simulator that starts with the first call to it, so that a pipeline module can name it and does no I/O. */
export interface SimulatorOnDemand {
  /** The base address of a vendor, as a provider's `baseUrl`; `version` is the first part of the API's path. */
  vendor(name: string, version: 'v1' | 'v1beta'): () => Promise<string>;
  /** Ends the simulator if it was started. */
  close(): Promise<void>;
}

/** Options as in `startSimulator`. It does not keep the process alive. */
export function simulatorOnDemand(options: SimulatorOptions): SimulatorOnDemand {
  let started: Promise<Simulator> | undefined;
  return {
    vendor: (name, version) => async () => {
      const simulator = await (started ??= startSimulator(options));
      simulator.unref();
      return `${simulator.urls[name]}/${version}`;
    },
    async close() {
      await (await started)?.close();
      started = undefined;
    },
  };
}
