import type { Assignment } from '../../kafka/delivery/delivery.ts';
import { PartitionBuffer } from '../../kafka/consumer/partitionBuffer.ts';
import type { TopicPartition } from '../../kafka/consumer/stickyAssigner.ts';
import { recentMap } from '../../stage/recentMap.ts';
import type { Packet } from '../../stage/packet.ts';
import { report } from '../../stage/report.ts';
import { shortKey } from '../../stage/shortKey.ts';
import type { Session } from '../../stage/session.ts';
import type { PacketFields } from './packetDecoder.ts';

/** Sensors of one partition whose sessions are kept. */
const MOST_SESSIONS = 20_000;

export interface AssignedPartitionOptions {
  /** Bytes that wait; above it the partition is paused, at half of it resumed. */
  readonly bufferBytes: number;
  readonly pause: () => void;
  readonly resume: () => void;
}

/** A partition that the group assigned to us, with the packets of it that wait. */
export class AssignedPartition implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #buffer: PartitionBuffer<Packet>;
  /** Undefined until the delivery has taken the partition, and after it was lost. */
  #assignment: Assignment | undefined;
  /** By sensor. */
  #sessions = recentMap<string, { readonly sensor: string; readonly session: Session }>();

  constructor({ topic, partition }: TopicPartition, { bufferBytes, pause, resume }: AssignedPartitionOptions) {
    this.topic = topic;
    this.partition = partition;
    const resumeAndReport = (): void => {
      resume();
      this.#report();
    };
    this.#buffer = new PartitionBuffer({
      limitBytes: bufferBytes,
      bytesOf: ({ bytes }) => bytes.byteLength,
      pause,
      resume: resumeAndReport,
    });
  }

  get assignment(): Assignment | undefined {
    return this.#assignment;
  }

  /** Begins, or continues, to be read. Packets of an earlier epoch are dropped: they are read again. */
  begin(assignment: Assignment): void {
    if (assignment.epoch !== this.#assignment?.epoch) this.clear();
    this.#assignment = assignment;
    this.#buffer.start();
    this.#report();
  }

  /** Fetches nothing more until it begins again. */
  stop(): void {
    this.#buffer.stop();
  }

  /** Another instance has it. */
  lose(): void {
    this.#assignment = undefined;
    this.clear();
    this.stop();
  }

  clear(): void {
    this.#buffer.clear();
    this.#sessions = recentMap();
    this.#report();
  }

  /** Adds a packet that was read, unless it is done or of an assignment that is over. */
  add(assignment: Assignment, offset: number, fields: PacketFields): void {
    const { progress, epoch } = assignment;
    const { sensor } = fields;
    if (this.#assignment !== assignment || offset < progress.next || !progress.isNeeded(offset, sensor)) return;
    const ack = progress.arrived(offset, sensor);
    if (progress.isRejected(offset)) return ack();
    const position = { source: this.topic, unit: 'offset', partition: this.partition, first: offset, end: offset + 1, epoch } as const;
    this.#buffer.add({ ...fields, position, ack, session: this.#sessionOf(assignment, sensor) });
  }

  /** A batch has been added, which ended at this offset. */
  endBatch(assignment: Assignment, lastOffset: number): void {
    if (this.#assignment !== assignment) return;
    assignment.progress.readTo(lastOffset + 1);
    this.#buffer.pauseIfFull();
    this.#report();
  }

  /** Removes the packet that waits longest. */
  take(): Packet | undefined {
    return this.#buffer.take();
  }

  #sessionOf(assignment: Assignment, sensor: string): Session {
    const key = shortKey(sensor);
    const known = this.#sessions.get(key) ?? { sensor, session: newSession(assignment, sensor) };
    this.#sessions.set(key, known);
    if (this.#sessions.size > MOST_SESSIONS) this.#forgetOldest(assignment);
    return known.session;
  }

  /** The session of a sensor of which nothing is open; it begins another one, as after a restart, when it comes back. */
  #forgetOldest({ progress }: Assignment): void {
    const key = this.#sessions.oldest!;
    const known = this.#sessions.take(key)!;
    if (!progress.isIdle(known.sensor)) this.#sessions.set(key, known);
  }

  #report(): void {
    const { topic, partition } = this;
    report('buffered', () => ({ partition: `${topic}/${partition}`, bytes: this.#buffer.bytes, paused: this.#buffer.isPaused }));
  }
}

const newSession = ({ progress, lifetime }: Assignment, sensor: string): Session => ({
  after: progress.watermarkOf(sensor),
  idleAt: progress.idleAtOf(sensor),
  lifetime,
  register: (window) => !lifetime.isOver && !progress.begun(window),
  finish(window) {
    if (!lifetime.isOver) progress.done(window);
  },
});
