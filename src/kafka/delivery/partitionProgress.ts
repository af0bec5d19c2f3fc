import { PipelineError } from '../../errors.ts';
import type { Ack } from '../../stage/item.ts';
import type { CommittedProgress, CommittedSensor, DoneWindow, LowWatermark } from './committedProgress.ts';
import { SensorProgress, ascending, sensorHash } from './sensorProgress.ts';

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
    for (const offsets of [this.#rejected, this.#late]) for (const offset of offsets) if (offset < position) offsets.delete(offset);
    return { position, sensors, rejected: ascending(this.#rejected), late: ascending(this.#late) };
  }

  #sensor(name: string): SensorProgress {
    const known = this.#byName.get(name);
    if (known) return known;
    const hash = sensorHash(name);
    const same = this.#byHash.get(hash);
    if (same) throw new PipelineError('INPUT_UNREADABLE', `sensors '${name}' and '${same.name}' have the same hash; rename one of them`);
    const sensor = new SensorProgress(name, this.#startPosition, this.#unseen.get(hash));
    this.#unseen.delete(hash);
    this.#byHash.set(hash, sensor);
    this.#byName.set(name, sensor);
    return sensor;
  }
}
