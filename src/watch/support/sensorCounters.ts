import { recentMap } from '../../stage/recentMap.ts';
import { shortKey } from '../../stage/shortKey.ts';
import { sensorLabel } from './sensorLabel.ts';

/** The latest counters of a sensor. */
export type Counters = Readonly<Record<string, number>>;

export interface SensorCounters {
  set(sensor: string, counters: Counters): void;
  /** By label; those of sensors without one of their own are summed up under `(others)`. */
  read(): Iterable<readonly [label: string, counters: Counters]>;
}

/** Sensors with a label of their own. */
const NAMED = 64;
/** Sensors without one whose latest counters are known, so that they can be replaced in the sums. */
const OTHERS = 20_000;
/** A named sensor that was silent for so many reports gives its place to another. */
const SILENT = 20_000;

const OTHERS_LABEL = '(others)';

interface Named {
  readonly label: string;
  counters: Counters;
  /** Number of its last report. */
  at: number;
}

/** The latest counters of many sensors: names come from whoever sends the packets, so a few have a label and all others one together. */
export function sensorCounters(): SensorCounters {
  const named = recentMap<string, Named>();
  const others = recentMap<string, Counters>(OTHERS);
  const sums: Record<string, number> = {};
  let reports = 0;

  const addToSums = (counters: Counters, sign: number): void => {
    for (const [counter, value] of Object.entries(counters)) sums[counter] = (sums[counter] ?? 0) + sign * value;
  };
  const setOther = (key: string, counters: Counters): void => {
    addToSums(others.get(key) ?? {}, -1);
    addToSums(counters, 1);
    others.set(key, counters);
  };
  const makeRoom = (): boolean => {
    const oldest = named.oldest;
    if (named.size < NAMED || oldest === undefined) return true;
    if (reports - named.get(oldest)!.at < SILENT) return false;
    setOther(oldest, named.take(oldest)!.counters);
    return true;
  };
  return {
    set(sensor, counters) {
      reports++;
      const key = shortKey(sensor);
      const known = named.get(key);
      if (known) {
        Object.assign(known, { counters, at: reports });
        return named.set(key, known);
      }
      if (!makeRoom()) return setOther(key, counters);
      addToSums(others.take(key) ?? {}, -1);
      return named.set(key, { label: sensorLabel(sensor), counters, at: reports });
    },
    *read() {
      for (const { label, counters } of named.values()) yield [label, counters];
      if (others.size > 0) yield [OTHERS_LABEL, sums];
    },
  };
}
