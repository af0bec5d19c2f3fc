import { createHash } from 'node:crypto';
import { PipelineError } from '../../errors.ts';
import type { Ack } from '../../stage/item.ts';

/** A window as the source remembers it. */
export interface DoneWindow {
  readonly sensor: string;
  /** Sensor time in microseconds. */
  readonly start: number;
  readonly end: number;
  /** Offsets of its first packet, and of the one behind its last. */
  readonly position: { readonly first: number; readonly end: number };
  /** Where silence ended it: behind the last packet of the sensor that was read by then. */
  readonly idleAt?: number;
}

/** The last window of a sensor up to which all are done. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** The offset behind its last packet: what the mark says of windows that begin later is nothing. */
  readonly offset: number;
}

/** What is done of a partition: enough to go on from `position` without doing a window twice, or leaving one out. */
export interface Note {
  /** The lowest offset that something unfinished still needs. */
  readonly position: number;
  readonly sensors: readonly SensorNote[];
  /** Packets at or behind `position` that were rejected as a whole. */
  readonly rejected: readonly number[];
  /** Packets at or behind `position` whose late events were told. */
  readonly late: readonly number[];
}

export interface SensorNote {
  /** `sensorHash` of its name. */
  readonly hash: number;
  /** The first offset at which the sensor is read again. */
  readonly from: number;
  readonly mark?: Mark;
  /** Starts of windows behind the mark that are done, ascending. */
  readonly done: readonly number[];
  /** Where silence ended windows that are read again, ascending. */
  readonly idleAt: readonly number[];
}

/** Names take too much of a note: 32 bits of their SHA-256 stand for them. */
export const sensorHash = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE();

export interface Progress {
  /** A packet was read. Its ack says that nothing needs it any more. */
  arrived(offset: number, sensor: string): Ack;
  /** Everything below this offset was read, with or without a message in it. */
  readTo(offset: number): void;
  /** A window was cut. Whether it is done already. */
  begun(window: DoneWindow): boolean;
  isDone(window: DoneWindow): boolean;
  done(window: DoneWindow): void;
  /** A packet was rejected as a whole. */
  rejected(offset: number): void;
  isRejected(offset: number): boolean;
  /** The late events of a packet were told. */
  lateTold(offset: number): void;
  isLateTold(offset: number): boolean;
  /** Whether anything that is not done needs this packet. */
  isNeeded(offset: number, sensor: string): boolean;
  markOf(sensor: string): Mark | undefined;
  /** Where silence ended windows of a sensor, ascending. */
  idleAtOf(sensor: string): readonly number[];
  /** What is done now. */
  note(): Note;
  /** Packets that something still needs. */
  readonly open: number;
  /** The offset behind the last one read. */
  readonly next: number;
}

interface Sensor {
  readonly name: string;
  /** Packets below are not needed. */
  readonly from: number;
  mark: Mark | undefined;
  /** Offsets that are not acked, ascending; acked ones are taken off the front. */
  readonly open: number[];
  readonly acked: Set<number>;
  /** The last offset that was taken off `open`. */
  before: number | undefined;
  /** By start: windows behind the mark; `first` is not known of those that were recalled and not seen again. */
  readonly done: Map<number, { readonly end: number; readonly first?: number; readonly last: number }>;
  readonly idleAt: Set<number>;
  /** By start: windows that were cut and are not done; with the offset of their first packet. */
  readonly begun: Map<number, number>;
}

/**
 * A decoder that starts in the middle of a stream knows row and time only after some words. So the packet before the
 * first needed one is read again as well, unless that is further back than this many offsets: a sensor that fell
 * silent must not hold the whole partition.
 */
const RUN_UP = 1000;

/**
 * Keeps count of one partition: which packets are needed, and which windows are done. The position to commit is the
 * lowest offset that is needed, never derived from the highest one seen.
 *
 * Windows of one sensor are finished in any order. A mark stands for all of them up to one: it moves over done
 * windows whose packets, and whose predecessors' packets, nothing needs any more. Done windows behind it are listed.
 */
export function makeProgress(start: Note): Progress {
  const recalled = new Map(start.sensors.map((sensor) => [sensor.hash, sensor]));
  const sensors = new Map<number, Sensor>();
  const byName = new Map<string, Sensor>();
  const rejections = new Set(start.rejected);
  const late = new Set(start.late);
  let next = start.position;
  let open = 0;

  const sensorOf = (name: string): Sensor => byName.get(name) ?? meet(name);

  const meet = (name: string): Sensor => {
    const hash = sensorHash(name);
    const same = sensors.get(hash);
    if (same) throw new PipelineError('INPUT_UNREADABLE', `sensors '${name}' and '${same.name}' have the same hash; rename one of them`);
    const note = recalled.get(hash);
    recalled.delete(hash);
    const done = new Map(note?.done.map((at) => [at, { end: Number.NaN, last: 0 }]));
    const fresh: Sensor = {
      name,
      from: note?.from ?? 0,
      mark: note?.mark,
      open: [],
      acked: new Set(),
      before: undefined,
      done,
      idleAt: new Set(note?.idleAt),
      begun: new Map(),
    };
    sensors.set(hash, fresh);
    byName.set(name, fresh);
    return fresh;
  };

  const trim = (sensor: Sensor): void => {
    const { open: offsets, acked } = sensor;
    let count = 0;
    while (count < offsets.length && acked.delete(offsets[count]!)) count++;
    if (count === 0) return;
    sensor.before = offsets[count - 1];
    offsets.splice(0, count);
  };

  const isDone = (sensor: Sensor, { start: at, position }: DoneWindow): boolean => {
    const { mark, done } = sensor;
    // Below the position all was done; only an item from before a rebalance can still be there.
    if (position.first < start.position) return true;
    if (mark && position.first < mark.offset && at <= mark.start) return true;
    return done.has(at);
  };

  const moveMark = (sensor: Sensor): void => {
    const needed = sensor.open[0] ?? Infinity;
    let firstBegun = Infinity;
    for (const [at, first] of sensor.begun) {
      // Its packets are acked: it ended in a way that nobody told.
      if (first < needed) sensor.begun.delete(at);
      else if (at < firstBegun) firstBegun = at;
    }
    let mark: Mark | undefined;
    let markFirst = -1;
    for (const [at, { end, first, last }] of sensor.done) {
      if (first === undefined || first >= needed || at >= firstBegun) continue;
      sensor.done.delete(at);
      const offset = Math.max(last, mark?.offset ?? 0);
      if (first > markFirst || (first === markFirst && at > (mark?.start ?? -Infinity))) {
        mark = { start: at, end, offset };
        markFirst = first;
      } else if (mark) mark = { ...mark, offset };
    }
    if (!mark) return;
    sensor.mark = mark;
    // Recalled and not cut again: the mark has passed over them.
    for (const [at, { first }] of sensor.done) if (first === undefined && at <= mark.start) sensor.done.delete(at);
  };

  return {
    arrived(offset, name) {
      const sensor = sensorOf(name);
      sensor.open.push(offset);
      open++;
      if (offset >= next) next = offset + 1;
      let isAcked = false;
      return () => {
        if (isAcked) return;
        isAcked = true;
        open--;
        sensor.acked.add(offset);
        if (sensor.open[0] === offset) trim(sensor);
      };
    },
    readTo(offset) {
      if (offset > next) next = offset;
    },
    begun(window) {
      const sensor = sensorOf(window.sensor);
      if (window.idleAt !== undefined) sensor.idleAt.add(window.idleAt);
      if (isDone(sensor, window)) {
        if (sensor.done.has(window.start)) sensor.done.set(window.start, doneEntry(window));
        return true;
      }
      sensor.begun.set(window.start, window.position.first);
      return false;
    },
    done(window) {
      const sensor = sensorOf(window.sensor);
      sensor.begun.delete(window.start);
      if (!isDone(sensor, window)) sensor.done.set(window.start, doneEntry(window));
    },
    isDone: (window) => isDone(sensorOf(window.sensor), window),
    rejected: (offset) => void rejections.add(offset),
    isNeeded: (offset, name) => offset >= sensorOf(name).from,
    lateTold: (offset) => void late.add(offset),
    isLateTold: (offset) => offset < start.position || late.has(offset),
    isRejected: (offset) => offset < start.position || rejections.has(offset),
    markOf: (name) => sensorOf(name).mark,
    idleAtOf: (name) => ascending(sensorOf(name).idleAt),
    note() {
      let position = next;
      const notes: SensorNote[] = [...recalled.values()];
      for (const [hash, sensor] of sensors) {
        moveMark(sensor);
        const { mark, done, before, idleAt } = sensor;
        const needed = sensor.open[0] ?? next;
        const from = before !== undefined && next - before <= RUN_UP ? before : Math.max(needed, sensor.from);
        position = Math.min(position, from);
        for (const at of idleAt) if (at <= from) idleAt.delete(at);
        if (mark || done.size > 0 || idleAt.size > 0)
          notes.push({ hash, from, ...(mark && { mark }), done: ascending(done.keys()), idleAt: ascending(idleAt) });
      }
      position = Math.max(position, start.position);
      for (const told of [rejections, late]) for (const offset of told) if (offset < position) told.delete(offset);
      return { position, sensors: notes, rejected: ascending(rejections), late: ascending(late) };
    },
    get open() {
      return open;
    },
    get next() {
      return next;
    },
  };
}

const ascending = (offsets: Iterable<number>): number[] => [...offsets].toSorted((a, b) => a - b);

const doneEntry = ({ end, position }: DoneWindow): { end: number; first: number; last: number } => ({
  end,
  first: position.first,
  last: position.end,
});
