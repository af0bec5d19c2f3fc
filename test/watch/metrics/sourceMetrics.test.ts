import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { report } from '../../../src/stage/report.ts';
import { sourceMetrics } from '../../../src/watch/metrics/sourceMetrics.ts';

it('counts assignments, and shows the last one and what waits', async () => {
  const registry = new Registry();
  const end = sourceMetrics([registry]);
  report('assigned', () => ({ partitions: 4, share: 0.5 }));
  report('assigned', () => ({ partitions: 2, share: 0.25 }));
  report('buffered', () => ({ partition: 'events/1', bytes: 77, paused: false }));
  end();
  report('assigned', () => ({ partitions: 9, share: 1 }));
  const text = await registry.metrics();
  for (const line of [
    'saccade_group_joins_total 2',
    'saccade_group_partitions 2',
    'saccade_group_share 0.25',
    'saccade_source_bytes{partition="events/1"} 77',
  ])
    expect(text).toContain(line);
});
