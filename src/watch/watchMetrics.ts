import { Registry, collectDefaultMetrics } from 'prom-client';
import { captionMetrics } from './metrics/captionMetrics.ts';
import { gateMetrics } from './metrics/gateMetrics.ts';
import { sensorMetrics } from './metrics/sensorMetrics.ts';
import { sourceMetrics } from './metrics/sourceMetrics.ts';
import { stageMetrics } from './metrics/stageMetrics.ts';
import { targetMetrics } from './metrics/targetMetrics.ts';
import { endAll } from './support/endAll.ts';

/** Prometheus metrics of the running pipelines, made from their reports alone (stage/report.ts), until `end`. */
export function watchMetrics(): { registry: Registry; end: () => void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const groups = [stageMetrics, targetMetrics, gateMetrics, sourceMetrics, sensorMetrics, captionMetrics];
  return { registry, end: endAll(groups.map((watch) => watch([registry]))) };
}
