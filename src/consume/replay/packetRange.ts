import { type MessagePlace, type TopicPoint, isAtOrAfter } from '../../kafka/consumer/topicPoint.ts';
import type { Packet } from '../../stage/packet.ts';

/** The packets of a topic at or after one point and before another, as far as they were read. */
export class PacketRange {
  readonly #isAfterStart: (message: MessagePlace) => boolean;
  readonly #isAfterEnd: (message: MessagePlace) => boolean;
  /** By partition: the first offset of the range that was read. */
  readonly #firsts = new Map<number, number>();
  /** By partition: the first offset after the range that was read. */
  readonly #ends = new Map<number, number>();

  /** Without points: the whole topic. */
  constructor(from?: TopicPoint, to?: TopicPoint) {
    this.#isAfterStart = isAtOrAfter(from, true);
    this.#isAfterEnd = isAtOrAfter(to, false);
  }

  /** A packet was read. */
  add(place: MessagePlace): void {
    const { partition, offset } = place;
    if (!this.#firsts.has(partition) && this.#isAfterStart(place)) this.#firsts.set(partition, offset);
    if (!this.#ends.has(partition) && this.#isAfterEnd(place)) this.#ends.set(partition, offset);
  }

  /** Whether a packet of the partition at or after the start was read. */
  hasBegun(partition: number): boolean {
    return this.#firsts.has(partition);
  }

  /** Whether a packet of the partition after the end was read. */
  isOver(partition: number): boolean {
    return this.#ends.has(partition);
  }

  /** Whether a packet that was read lies before the range... */
  isBefore({ partition, first }: Pick<Packet['position'], 'partition' | 'first'>): boolean {
    return first < (this.#firsts.get(partition) ?? Infinity);
  }

  /** ... or after it. */
  isAfter({ partition, first }: Pick<Packet['position'], 'partition' | 'first'>): boolean {
    return first >= (this.#ends.get(partition) ?? Infinity);
  }

  /** Whether a packet that was read lies in the range, and was not only read because windows of the range need it. */
  holds(position: Pick<Packet['position'], 'partition' | 'first'>): boolean {
    return !this.isBefore(position) && !this.isAfter(position);
  }
}
