import { Counter, Gauge, type Registry } from 'prom-client';
import { listen } from '../../stage/report.ts';
import { endAll } from '../support/endAll.ts';

/** The part of a Kafka topic that this process reads. */
export function sourceMetrics(registers: Registry[]): () => void {
  const joins = new Counter({ name: 'saccade_group_joins_total', help: 'How often the group gave out its partitions', registers });
  const partitions = new Gauge({ name: 'saccade_group_partitions', help: 'Partitions that are read here', registers });
  const share = new Gauge({ name: 'saccade_group_share', help: 'Part of all partitions, and so of every rate limit', registers });
  const buffered = new Gauge({
    name: 'saccade_source_bytes',
    help: 'Bytes of packets that wait in the source',
    labelNames: ['partition'],
    registers,
  });
  return endAll([
    listen('assigned', (assigned) => {
      joins.inc();
      partitions.set(assigned.partitions);
      share.set(assigned.share);
    }),
    listen('buffered', ({ partition, bytes }) => buffered.set({ partition }, bytes)),
  ]);
}
