import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { listen } from '../../stage/report.ts';
import { endAll } from '../support/endAll.ts';
import { secondsBuckets } from './secondsBuckets.ts';

/** Calls to each target, what they cost, and the state of its limits. */
export function targetMetrics(registers: Registry[]): () => void {
  const requests = new Counter({
    name: 'saccade_requests_total',
    help: 'Calls by target and outcome',
    labelNames: ['target', 'outcome'],
    registers,
  });
  const latency = new Histogram({
    name: 'saccade_request_seconds',
    help: 'Seconds per call',
    labelNames: ['target'],
    buckets: secondsBuckets,
    registers,
  });
  const tokens = new Counter({ name: 'saccade_tokens_total', help: 'Billed tokens', labelNames: ['target', 'direction'], registers });
  const cost = new Counter({
    name: 'saccade_cost_usd_total',
    help: 'USD spent, where the price is known',
    labelNames: ['target'],
    registers,
  });
  const limits = new Gauge({
    name: 'saccade_limit',
    help: 'State of a target: numbers as they are, true as 1',
    labelNames: ['target', 'state'],
    registers,
  });
  return endAll([
    listen('attempt', ({ target, outcome, ms, inputTokens, outputTokens, costUsd }) => {
      requests.inc({ target, outcome });
      latency.observe({ target }, ms / 1000);
      tokens.inc({ target, direction: 'in' }, inputTokens);
      tokens.inc({ target, direction: 'out' }, outputTokens);
      cost.inc({ target }, costUsd ?? 0);
    }),
    listen('limit', ({ target, ...states }) => {
      for (const [state, value] of Object.entries(states)) {
        if (typeof value === 'number' || typeof value === 'boolean') limits.set({ target, state }, Number(value));
      }
    }),
  ]);
}
