import { type Simulator, startSimulator } from './simulator.ts';
import type { SimulatorOptions } from './simulatorOptions.ts';

/** A simulator that starts with the first call made to it, so that a pipeline module can name it and still do no I/O. */
export interface SimulatorOnDemand {
  /** The base address of a vendor, as a provider's `baseUrl`. */
  vendor(name: string): () => Promise<string>;
  /** Ends the simulator if it was started. */
  close(): Promise<void>;
}

/** Options as in `startSimulator`. It does not keep the process alive. */
export function simulatorOnDemand(options: SimulatorOptions): SimulatorOnDemand {
  let started: Promise<Simulator> | undefined;
  return {
    vendor: (name) => async () => {
      const { urls } = await (started ??= startSimulator(options));
      return urls[name]!;
    },
    async close() {
      await (await started)?.close();
      started = undefined;
    },
  };
}
