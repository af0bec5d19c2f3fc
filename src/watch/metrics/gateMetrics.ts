import { Gauge, type Registry } from 'prom-client';
import { listen } from '../../stage/report.ts';

/** What the gate holds, and whether it is shut. */
export function gateMetrics(registers: Registry[]): () => void {
  const windows = new Gauge({ name: 'saccade_gate_windows', help: 'Windows on their way to a record', registers });
  const bytes = new Gauge({ name: 'saccade_gate_bytes', help: 'Bytes held by these windows', registers });
  const shut = new Gauge({ name: 'saccade_gate_shut', help: '1 while no packet is pulled', registers });
  return listen('gate', (gate) => {
    windows.set(gate.windows);
    bytes.set(gate.bytes);
    shut.set(gate.shut ? 1 : 0);
  });
}
