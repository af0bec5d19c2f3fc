import { Gauge, type Registry } from 'prom-client';
import type { DecodeCounters } from '../../decode/decoder.ts';
import { listen } from '../../stage/report.ts';
import { endAll } from '../support/endAll.ts';

/** What became of the events of each sensor. */
export function sensorMetrics(registers: Registry[]): () => void {
  const decoded = new Gauge({
    name: 'saccade_decode',
    help: 'Counters of a decoder since its start',
    labelNames: ['sensor', 'counter'],
    registers,
  });
  const dropped = new Gauge({
    name: 'saccade_events_dropped',
    help: 'Events in no window since the start: late ones, and those of each filter',
    labelNames: ['sensor', 'reason'],
    registers,
  });
  return endAll([
    listen('decode', ({ sensor, counters }) => {
      for (const [counter, value] of Object.entries(counters as DecodeCounters)) decoded.set({ sensor, counter }, value as number);
    }),
    listen('cut', ({ sensor, counters }) => {
      for (const [reason, value] of Object.entries(counters)) dropped.set({ sensor, reason }, value);
    }),
  ]);
}
