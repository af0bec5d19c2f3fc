import { PipelineError } from '../../errors.ts';
import type { Ack } from '../../stage/item.ts';
import { shortKey } from '../../stage/shortKey.ts';
import type { CommittedProgress, CommittedSensor, DoneWindow, LowWatermark } from './committedProgress.ts';
import { SensorProgress, ascending, sensorHash } from './sensorProgress.ts';

/** Sensors in one commit: some 20 bytes each, of a message that may have a megabyte. */
const MOST_SENSORS = 20_000;

/**
 * Keeps count of one partition: which packets are needed, and which windows are done. The position to commit is the
 * lowest offset that is needed, never derived from the highest one seen.
 */
export class PartitionProgress {
  readonly #startPosition: number;
  /** Committed sensors that did not appear again so far, by hash. */
  readonly #unseen: Map<number, CommittedSensor>;
  readonly #byHash = new Map<number, SensorProgress>();
  readonly #byName = new Map<string, SensorProgress>();
  readonly #rejected: Set<number>;
  readonly #late: Set<number>;
  #next: number;
  #open = 0;

  /** @param start what the group committed last */
  constructor({ position, sensors, rejected, late }: CommittedProgress) {
    this.#startPosition = position;
    this.#next = position;
    this.#unseen = new Map(sensors.map((sensor) => [sensor.hash, sensor]));
    this.#rejected = new Set(rejected);
    this.#late = new Set(late);
  }

  /** Packets that something still needs. */
  get open(): number {
    return this.#open;
  }

  /** The offset after the last one read. */
  get next(): number {
    return this.#next;
  }

  /** A packet was read. Its ack says that nothing needs it any more. */
  arrived(offset: number, sensorName: string): Ack {
    const sensor = this.#sensor(sensorName);
    sensor.arrived(offset);
    this.#open++;
    if (offset >= this.#next) this.#next = offset + 1;
    let isAcked = false;
    return () => {
      if (isAcked) return;
      isAcked = true;
      this.#open--;
      sensor.acked(offset);
    };
  }

  /** Everything below this offset was read, with or without a message in it. */
  readTo(offset: number): void {
    if (offset > this.#next) this.#next = offset;
  }

  /** Whether anything that is not done needs this packet. */
  isNeeded(offset: number, sensorName: string): boolean {
    return offset >= this.#sensor(sensorName).from;
  }

  /** A window was cut. Returns whether it is done already. */
  begun(window: DoneWindow): boolean {
    return this.#sensor(window.sensor).begun(window);
  }

  isDone(window: DoneWindow): boolean {
    return this.#sensor(window.sensor).isDone(window);
  }

  done(window: DoneWindow): void {
    this.#sensor(window.sensor).done(window);
  }

  /** A packet was rejected as a whole. */
  rejected(offset: number): void {
    this.#rejected.add(offset);
  }

  isRejected(offset: number): boolean {
    return offset < this.#startPosition || this.#rejected.has(offset);
  }

  /** The late events of a packet have a dead letter. */
  lateRejected(offset: number): void {
    this.#late.add(offset);
  }

  isLateRejected(offset: number): boolean {
    return offset < this.#startPosition || this.#late.has(offset);
  }

  watermarkOf(sensorName: string): LowWatermark | undefined {
    return this.#sensor(sensorName).watermark;
  }

  /** Offsets at which the idle timeout ended windows of a sensor, ascending. */
  idleAtOf(sensorName: string): readonly number[] {
    return this.#sensor(sensorName).idleAt;
  }

  /** Whether all that was read of a sensor is done. */
  isIdle(sensorName: string): boolean {
    return this.#byName.get(shortKey(sensorName))?.isIdle ?? true;
  }

  /** What is done now. */
  snapshot(): CommittedProgress {
    let position = this.#next;
    const sensors: CommittedSensor[] = [...this.#unseen.values()];
    for (const [hash, sensor] of this.#byHash) {
      const { from, committed } = sensor.snapshot(this.#next);
      position = Math.min(position, from);
      if (committed) sensors.push({ hash, ...committed });
    }
    position = Math.max(position, this.#startPosition);
    const listed = this.#forget(sensors, position);
    for (const offsets of [this.#rejected, this.#late]) for (const offset of offsets) if (offset < position) offsets.delete(offset);
    return { position, sensors: listed, rejected: ascending(this.#rejected), late: ascending(this.#late) };
  }

  /** A commit has room for so many sensors: those of which a restart reads nothing again are left out, the ones that were silent longest first. */
  #forget(sensors: readonly CommittedSensor[], position: number): readonly CommittedSensor[] {
    if (this.#byHash.size > MOST_SENSORS) {
      // Nothing was cut of these, and no commit lists them.
      const listed = new Set(sensors.map(({ hash }) => hash));
      for (const [hash, sensor] of this.#byHash) if (!listed.has(hash) && sensor.isBehind(position)) this.#remove(hash);
    }
    let surplus = sensors.length - MOST_SENSORS;
    if (surplus <= 0) return sensors;
    const forgotten = new Set<number>();
    for (const { hash, watermark } of sensors.toSorted((a, b) => lastOf(a) - lastOf(b))) {
      const known = this.#byHash.get(hash);
      if (known ? !known.isBehind(position) : (watermark?.offset ?? Infinity) > position) continue;
      forgotten.add(hash);
      this.#remove(hash);
      if (--surplus === 0) break;
    }
    return sensors.filter(({ hash }) => !forgotten.has(hash));
  }

  #remove(hash: number): void {
    const known = this.#byHash.get(hash);
    if (known) this.#byName.delete(shortKey(known.name));
    this.#byHash.delete(hash);
    this.#unseen.delete(hash);
  }

  #sensor(name: string): SensorProgress {
    const key = shortKey(name);
    const known = this.#byName.get(key);
    if (known) return known;
    const hash = sensorHash(name);
    const same = this.#byHash.get(hash);
    if (same) throw new PipelineError('INPUT_UNREADABLE', `sensors '${name}' and '${same.name}' have the same hash; rename one of them`);
    const sensor = new SensorProgress(name, this.#startPosition, this.#unseen.get(hash));
    this.#unseen.delete(hash);
    this.#byHash.set(hash, sensor);
    this.#byName.set(key, sensor);
    return sensor;
  }
}

const lastOf = ({ watermark, from }: CommittedSensor): number => watermark?.offset ?? from;
