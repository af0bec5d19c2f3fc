import { Counter, Histogram, type Registry } from 'prom-client';
import { listen } from '../../stage/report.ts';
import { endAll } from '../support/endAll.ts';
import { secondsBuckets } from './secondsBuckets.ts';

/** Items of each stage, and those that were rejected. Returns the function that ends it, as all of these metrics do. */
export function stageMetrics(registers: Registry[]): () => void {
  const items = new Counter({
    name: 'saccade_items_total',
    help: 'Items by stage and outcome',
    labelNames: ['stage', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'saccade_stage_seconds',
    help: 'Seconds per item and stage',
    labelNames: ['stage'],
    buckets: secondsBuckets,
    registers,
  });
  const deadLetters = new Counter({ name: 'saccade_dead_letters_total', help: 'Rejected items', labelNames: ['stage', 'code'], registers });
  return endAll([
    listen('stage', ({ stage, ms, error }) => {
      items.inc({ stage, outcome: error === undefined ? 'ok' : 'failed' });
      seconds.observe({ stage }, ms / 1000);
    }),
    listen('reject', ({ stage, code }) => deadLetters.inc({ stage, code })),
  ]);
}
