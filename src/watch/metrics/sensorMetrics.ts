import { Gauge, type Registry } from 'prom-client';
import { listen } from '../../stage/report.ts';
import { endAll } from '../support/endAll.ts';
import { type Counters, type SensorCounters, sensorCounters } from '../support/sensorCounters.ts';

/** What became of the events of each sensor. Made when it is read: there are more packets than scrapes. */
export function sensorMetrics(registers: Registry[]): () => void {
  const decoded = sensorCounters();
  const dropped = sensorCounters();
  gaugeOf(decoded, 'saccade_decode', 'Counters of a decoder since its start', 'counter', registers);
  gaugeOf(
    dropped,
    'saccade_events_dropped',
    'Events in no window since the start: late ones, and those of each filter',
    'reason',
    registers,
  );
  return endAll([
    listen('decode', ({ sensor, counters }) => decoded.set(sensor, counters as Counters)),
    listen('cut', ({ sensor, counters }) => dropped.set(sensor, counters)),
  ]);
}

function gaugeOf(counters: SensorCounters, name: string, help: string, label: string, registers: Registry[]): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: ['sensor', label],
    registers,
    collect() {
      gauge.reset();
      for (const [sensor, values] of counters.read())
        for (const [key, value] of Object.entries(values)) gauge.set({ sensor, [label]: key }, value);
    },
  });
}
