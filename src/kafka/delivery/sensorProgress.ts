import { createHash } from 'node:crypto';
import type { CommittedSensor, DoneWindow, LowWatermark } from './committedProgress.ts';

/** Names take too much space in commit metadata: 32 bits of their SHA-256 stand for them. */
export const sensorHash = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE();

/**
 * A decoder that starts in the middle of a stream knows row and time only after some words. So the packet before the
 * first needed one is read again as well, unless that is further back than this many offsets: a sensor that fell
 * silent must not hold the whole partition.
 */
const WARM_UP = 1000;

/** A done window; `first` is not known of those that a commit listed and that were not cut again. */
interface DoneEntry {
  readonly end: number;
  readonly first?: number;
  readonly last: number;
}

/**
 * The progress of one sensor in one partition: which of its packets are needed, and which of its windows are done.
 *
 * Windows are finished in any order. A low watermark stands for all of them up to one: it moves over done windows whose
 * packets, and whose predecessors' packets, nothing needs any more. Done windows above it are listed one by one.
 */
export class SensorProgress {
  readonly name: string;
  /** Packets below this offset are not needed. */
  readonly from: number;
  readonly #startPosition: number;
  #watermark: LowWatermark | undefined;
  /** Offsets that are not acked, ascending; acked ones are removed from the front. */
  readonly #open: number[] = [];
  readonly #acked = new Set<number>();
  /** The last offset that was removed from `#open`. */
  #lastRemoved: number | undefined;
  /** Done windows above the watermark, by start. */
  readonly #done: Map<number, DoneEntry>;
  readonly #idleAt: Set<number>;
  /** Windows that were cut and are not done: offset of their first packet, by start. */
  readonly #begun = new Map<number, number>();

  /** @param startPosition the position from which the partition is read */
  constructor(name: string, startPosition: number, committed: CommittedSensor | undefined) {
    this.name = name;
    this.from = committed?.from ?? 0;
    this.#startPosition = startPosition;
    this.#watermark = committed?.watermark;
    this.#done = new Map(committed?.done.map((start) => [start, { end: Number.NaN, last: 0 }]));
    this.#idleAt = new Set(committed?.idleAt);
  }

  get watermark(): LowWatermark | undefined {
    return this.#watermark;
  }

  get idleAt(): readonly number[] {
    return ascending(this.#idleAt);
  }

  /** Whether all that was read of it is done. */
  get isIdle(): boolean {
    return this.#open.length === 0 && this.#begun.size === 0 && this.#done.size === 0;
  }

  /** Whether a restart at this position reads nothing of it again. */
  isBehind(position: number): boolean {
    return this.isIdle && (this.#lastRemoved ?? -1) < position && (this.#watermark?.offset ?? 0) <= position;
  }

  arrived(offset: number): void {
    this.#open.push(offset);
  }

  acked(offset: number): void {
    this.#acked.add(offset);
    if (this.#open[0] !== offset) return;
    let count = 0;
    while (count < this.#open.length && this.#acked.delete(this.#open[count]!)) count++;
    this.#lastRemoved = this.#open[count - 1];
    this.#open.splice(0, count);
  }

  isDone({ start, position }: DoneWindow): boolean {
    // Everything below the start position was done; only an item from before a rebalance can still be there.
    if (position.first < this.#startPosition) return true;
    const watermark = this.#watermark;
    if (watermark && position.first < watermark.offset && start <= watermark.start) return true;
    return this.#done.has(start);
  }

  /** A window was cut. Returns whether it is done already. */
  begun(window: DoneWindow): boolean {
    const { start, position, idleAt } = window;
    if (idleAt !== undefined) this.#idleAt.add(idleAt);
    if (this.isDone(window)) {
      if (this.#done.has(start)) this.#done.set(start, doneEntry(window));
      return true;
    }
    this.#begun.set(start, position.first);
    return false;
  }

  done(window: DoneWindow): void {
    this.#begun.delete(window.start);
    if (!this.isDone(window)) this.#done.set(window.start, doneEntry(window));
  }

  /**
   * Where the sensor must be read from after a restart, and what a commit says of it (undefined: nothing).
   *
   * @param next the offset after the last one read from the partition
   */
  snapshot(next: number): { readonly from: number; readonly committed: Omit<CommittedSensor, 'hash'> | undefined } {
    this.#moveWatermark();
    const needed = this.#open[0] ?? next;
    const before = this.#lastRemoved;
    const from = before !== undefined && next - before <= WARM_UP ? before : Math.max(needed, this.from);
    for (const offset of this.#idleAt) if (offset <= from) this.#idleAt.delete(offset);
    const watermark = this.#watermark;
    const isEmpty = !watermark && this.#done.size === 0 && this.#idleAt.size === 0;
    const committed = { from, ...(watermark && { watermark }), done: ascending(this.#done.keys()), idleAt: ascending(this.#idleAt) };
    return { from, committed: isEmpty ? undefined : committed };
  }

  #moveWatermark(): void {
    const needed = this.#open[0] ?? Infinity;
    const firstBegun = this.#firstBegun(needed);
    let watermark: LowWatermark | undefined;
    let watermarkFirst = -1;
    for (const [start, { end, first, last }] of this.#done) {
      if (first === undefined || first >= needed || start >= firstBegun) continue;
      this.#done.delete(start);
      const offset = Math.max(last, watermark?.offset ?? 0);
      if (first > watermarkFirst || (first === watermarkFirst && start > (watermark?.start ?? -Infinity))) {
        watermark = { start, end, offset };
        watermarkFirst = first;
      } else if (watermark) watermark = { ...watermark, offset };
    }
    if (!watermark) return;
    this.#watermark = watermark;
    // Listed by a commit and not cut again: the watermark has passed them.
    for (const [start, { first }] of this.#done) if (first === undefined && start <= watermark.start) this.#done.delete(start);
  }

  /** The earliest start of a window that is not done. */
  #firstBegun(needed: number): number {
    let firstBegun = Infinity;
    for (const [start, first] of this.#begun) {
      // All its packets are acked: it ended without a record of its own.
      if (first < needed) this.#begun.delete(start);
      else if (start < firstBegun) firstBegun = start;
    }
    return firstBegun;
  }
}

export const ascending = (offsets: Iterable<number>): number[] => [...offsets].toSorted((a, b) => a - b);

const doneEntry = ({ end, position }: DoneWindow): DoneEntry => ({ end, first: position.first, last: position.end });
