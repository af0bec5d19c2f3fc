/*
  What the main thread and a worker say to each other. Each session of a sensor is a channel:

    open packet* (end | rest | drop)          main -> worker
    (window* taken | reject)* (ended | rested)  worker -> main

  A channel that rests can be continued by another one, until it is dropped.

  Windows stay in the worker. The main thread decides what becomes of each: draw (answered by drawn or undrawn), ack when its record
  is safe, forget when it is not wanted. Acks make the worker say which packets have ended (acked).
  Messages of one turn of the event loop travel together, in order; packets and pictures are transferred.
*/
import type { Packet } from '../stage/packet.ts';
import type { Session } from '../stage/session.ts';
import type { ErrorFacts } from './errorFacts.ts';

/** A packet without what cannot travel. Packets of a channel are numbered as they are sent. */
export type PacketFacts = Omit<Packet, 'ack' | 'session'> & { readonly number: number };

export type ToWorker =
  | {
      readonly kind: 'open';
      readonly channel: number;
      readonly after: Session['after'];
      readonly idleAt: readonly number[] | undefined;
      /** The channel that rests, and is continued. */
      readonly resume: number | undefined;
    }
  | { readonly kind: 'packet'; readonly channel: number; readonly packet: PacketFacts }
  /** The dead letter of a packet is safe, or could not be written. */
  | { readonly kind: 'rejected'; readonly channel: number; readonly packet: number; readonly error?: ErrorFacts }
  | { readonly kind: 'end' | 'rest' | 'drop'; readonly channel: number }
  | { readonly kind: 'draw' | 'ack' | 'forget'; readonly window: number }
  | { readonly kind: 'flush' | 'close' };

/** What a worker is started with. */
export interface WorkerData {
  /** Address of the pipeline module. */
  readonly module: string;
  /** Whether the gate is shut, as the gate itself keeps it. */
  readonly shut: Int32Array;
}
