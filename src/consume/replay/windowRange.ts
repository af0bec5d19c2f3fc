import type { Ack } from '../../stage/item.ts';
import type { Packet } from '../../stage/packet.ts';
import type { Session } from '../../stage/session.ts';
import type { PacketRange } from './packetRange.ts';
import { endless } from '../../stage/lifetime.ts';

/** A packet, and when its message was written, in Unix milliseconds. */
export interface TimedPacket {
  readonly packet: Packet;
  readonly timestampMs: number;
}

/**
 * The packets of the windows that begin in a range of a topic; a window begins in its first packet. Packets before the range
 * pass as warm-up, since the sensor's clock and the borders of the windows depend on them; packets after it pass until the
 * last window of their sensor is complete. So a replay from A to B and one from B to C make each window once, the same as
 * one from A to C.
 *
 * @param unread the partitions that are not read to their end yet; absent: not known, and everything is read
 */
export async function* windowRange(
  packets: AsyncIterable<TimedPacket>,
  range: PacketRange,
  unread?: ReadonlySet<number>,
): AsyncGenerator<Packet, void> {
  const sensors = new Map<string, SensorWindows>();
  const isComplete = (): boolean =>
    unread !== undefined &&
    [...unread].every((partition) => range.isOver(partition)) &&
    [...sensors.values()].every((sensor) => sensor.areComplete);

  for await (const { packet, timestampMs } of packets) {
    const { partition, first: offset } = packet.position;
    range.add({ partition, offset, timestampMs });
    const key = `${partition} ${packet.sensor}`;
    let sensor = sensors.get(key);
    if (range.isOver(partition)) {
      if (!sensor || sensor.areComplete) {
        if (isComplete()) return;
        continue;
      }
    } else if (!sensor) sensors.set(key, (sensor = new SensorWindows(range)));
    const { session } = sensor;
    if (!range.hasBegun(partition)) yield { ...packet, session, isWarmUp: true };
    else if (range.isOver(partition)) yield { ...packet, session };
    else yield { ...packet, session, ack: sensor.counted(packet.ack) };
  }
}

/** The windows of one sensor that begin in a range. */
class SensorWindows {
  readonly session: Session;
  /** Packets of the range that are not acked: a window may hold them. */
  #open = 0;
  /** A window was cut that begins after the range, so all before it are complete. */
  #isPast = false;

  constructor(range: PacketRange) {
    this.session = {
      lifetime: endless,
      register: ({ position }) => {
        this.#isPast ||= range.isAfter(position);
        return !this.#isPast && !range.isBefore(position);
      },
      finish: () => {},
    };
  }

  /** Whether no window of the range needs further packets. */
  get areComplete(): boolean {
    return this.#isPast || this.#open === 0;
  }

  /** The ack of a packet of the range. */
  counted(ack: Ack): Ack {
    this.#open++;
    let isAcked = false;
    return () => {
      if (!isAcked) this.#open--;
      isAcked = true;
      ack();
    };
  }
}
