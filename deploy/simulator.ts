import type { SimulatorOptions } from '../src/sim/options/simulatorOptions.ts';

/** The simulator as a service of docker-compose.yml, which other containers and this machine can reach. */
export default {
  host: '0.0.0.0',
  vendors: {
    openai: { latency: { p50Ms: 350, p99Ms: 1400 }, faults: [{ fault: 'server_error', probability: 0.02 }] },
    anthropic: { latency: { p50Ms: 500, p99Ms: 1800 }, faults: [{ fault: 'overloaded', probability: 0.04 }] },
    gemini: { latency: { p50Ms: 250, p99Ms: 900 }, faults: [{ fault: 'refusal', probability: 0.01 }] },
  },
} satisfies SimulatorOptions;
