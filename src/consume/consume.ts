import { type Observable, tap } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import { pull } from '../stage/pull.ts';
import { report } from '../stage/report.ts';
import type { Source } from './source.ts';

export interface ConsumeOptions {
  /** Resolves when the next packet may be pulled, such as `() => gate.opened()`. @default at once */
  ready?: () => Promise<void>;
}

/** Packets of a source, pulled one by one. It completes when the source ends; unsubscribing ends the source. */
export const consume = (source: Source, { ready = async () => {} }: ConsumeOptions = {}): Observable<Packet> =>
  pull((signal) => source.packets(signal), ready).pipe(
    tap((packet) => report('stage', () => ({ stage: 'consume', sensor: packet.sensor, ms: 0, item: packet, out: packet }))),
  );
