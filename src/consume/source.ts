import type { Part, Position } from '../stage/item.ts';
import type { Packet } from '../stage/packet.ts';

/** Where packets come from. To add one, write a file in `sources/` with a function that returns this. */
export interface Source extends Part {
  /**
   * Yields packets in arrival order until the source ends or the signal aborts, and then returns.
   * Nothing is read before the first pull, and only a bounded amount ahead of the last.
   * Throws PipelineError SOURCE_FAILED or INPUT_UNREADABLE.
   */
  packets(signal: AbortSignal): AsyncIterable<Packet>;
  /** Called once, when everything that was read has been acked or given up. */
  close?(): Promise<void>;
  /** Rejects, saying why, while the source is not connected to what it reads; absent: it always is. */
  ready?(): Promise<void>;
  /**
   * Where several instances share the work: the part that belongs to this one now, 0 to 1. The parts of all instances never
   * exceed 1 together, so that a limit times this part keeps a limit that all of them share. Absent: there are no others.
   */
  readonly share?: () => number;
  /** Bytes or packets in all, where the source knows its end: for progress and ETA. */
  total?(): Promise<number | undefined>;
  /** How much of `total` was read; absent: as much as the packets' positions say. */
  read?(): number;
}

/** A source of which only a part is asked for. */
export interface PastSource extends Source {
  /** Whether a packet that was read is of that part; others are only read for what its windows need. */
  isAskedFor(position: Position): boolean;
}
