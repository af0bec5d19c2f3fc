import { type Observable, tap } from 'rxjs';
import { report } from '../stage/report.ts';
import type { Gate } from '../stage/gate.ts';
import { pull } from '../stage/pull.ts';
import type { Packet } from '../stage/packet.ts';
import type { Source } from './source.ts';

/** Packets of a source, pulled one by one while the gate is open. It completes when the source ends or `stop` aborts. */
export const consume = (source: Source, gate: Pick<Gate, 'opened'>, stop: AbortSignal): Observable<Packet> =>
  pull(
    (signal) => source.packets(signal),
    () => gate.opened(),
    stop,
  ).pipe(tap((packet) => report('stage', () => ({ stage: 'consume', sensor: packet.sensor, ms: 0, item: packet, out: packet }))));
