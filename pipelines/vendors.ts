import { anthropic, gemini, known, openai, route, simulatorOnDemand } from '../src/index.ts';

/**
 * Three simulated vendors with quotas, latencies and faults, and the route over them. To ask the real ones, remove `baseUrl`
 * and set `keys: envs('OPENAI_API_KEY')`.
 */
const simulator = simulatorOnDemand({
  vendors: {
    openai: {
      latency: { p50Ms: 350, p99Ms: 1400 },
      quota: { requestsPerMinute: 500 },
      faults: [{ fault: 'server_error', probability: 0.02 }],
    },
    anthropic: {
      latency: { p50Ms: 500, p99Ms: 1800 },
      quota: { requestsPerMinute: 40 },
      faults: [{ fault: 'overloaded', probability: 0.04 }],
    },
    gemini: { latency: { p50Ms: 250, p99Ms: 900 }, faults: [{ fault: 'refusal', probability: 0.01 }] },
  },
});

export const simulatedVendors = route({
  targets: {
    gpt4o: openai({ model: 'gpt-4o', keys: known('demo-1', 'sk-demo-1'), baseUrl: simulator.vendor('openai', 'v1') }),
    sonnet: anthropic({ model: 'claude-sonnet-5-5', keys: known('demo-2', 'sk-demo-2'), baseUrl: simulator.vendor('anthropic', 'v1') }),
    gemini: gemini({ model: 'gemini-2.5-flash', keys: known('demo-3', 'demo-3'), baseUrl: simulator.vendor('gemini', 'v1beta') }),
  },
  weights: { gpt4o: 0.5, sonnet: 0.3, gemini: 0.2 },
  fallbacks: { gpt4o: ['sonnet', 'gemini'], sonnet: ['gpt4o', 'gemini'], gemini: ['gpt4o', 'sonnet'] },
});
