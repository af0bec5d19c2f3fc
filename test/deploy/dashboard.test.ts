import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { watchMetrics } from '../../src/watch/watchMetrics.ts';

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

it('every panel of the dashboard asks for metrics that there are', () => {
  const { panels } = JSON.parse(
    readFileSync(new URL('../../deploy/grafana/dashboards/saccade.json', import.meta.url), 'utf8'),
  ) as Dashboard;
  const { registry, end } = watchMetrics();
  end();
  const known = new Set(registry.getMetricsAsArray().flatMap(({ name }) => [name, `${name}_bucket`]));
  for (const { title, targets } of panels) {
    const asked = targets.flatMap(({ expr }) => expr.match(/\b(saccade|process)_\w+/g) ?? []);
    expect(asked, title).not.toHaveLength(0);
    for (const name of asked) expect(known, title).toContain(name);
  }
});
