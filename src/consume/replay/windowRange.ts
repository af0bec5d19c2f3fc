import { z } from 'zod';
import type { Ack } from '../../stage/item.ts';
import type { Session } from '../../stage/session.ts';
import type { Packet } from '../../stage/packet.ts';

/**
 * A point in a topic: a time (ISO 8601, by the clock of the topic), an offset of every partition, or offsets by partition;
 * partitions that are not named are taken whole.
 */
export type Point = string | number | Readonly<Record<number, number>>;

export const pointSchema = z.union(
  [z.iso.datetime({ offset: true }), z.int().min(0), z.record(z.coerce.number().int().min(0), z.int().min(0))],
  'must be a time such as 2026-11-22T10:00:00Z, an offset, or offsets by partition',
);

/** Where a message is in its topic, and when it came, in Unix milliseconds. */
export interface Arrival {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
}

/** Tells of the messages of a topic, each partition in its order, whether they lie at or behind a point; `otherwise`: where there is none. */
export function isBehind(point: Point | undefined, otherwise: boolean): (message: Arrival) => boolean {
  const passed = new Set<number>();
  const holds = ({ partition, offset, timestampMs }: Arrival): boolean => {
    if (typeof point === 'string') return timestampMs >= Date.parse(point);
    const first = typeof point === 'object' ? point[partition] : point;
    return first === undefined ? otherwise : offset >= first;
  };
  return (message) => {
    if (passed.has(message.partition)) return true;
    if (!holds(message)) return false;
    passed.add(message.partition);
    return true;
  };
}

export interface Between {
  /** Windows that begin at or behind it... @default all */
  readonly from?: Point | undefined;
  /** ... and before it. @default all */
  readonly to?: Point | undefined;
  /** The partitions that are not read to their end yet; absent: nobody knows, and everything is read. */
  readonly unread?: ReadonlySet<number>;
  /** Filled with what was found. */
  readonly range?: PacketRange;
}

/** By partition: the first offset of a range that was seen, and the first one behind it. */
export interface PacketRange {
  readonly firsts: Map<number, number>;
  readonly ends: Map<number, number>;
}

export const noRange = (): PacketRange => ({ firsts: new Map(), ends: new Map() });

/** Whether a packet that was read lies in the range, and was not only read for windows of it. */
export const isWithin = ({ firsts, ends }: PacketRange, { partition, first }: Packet['position']): boolean =>
  first >= (firsts.get(partition) ?? Infinity) && first < (ends.get(partition) ?? Infinity);

/** What is known of a sensor while its windows are chosen. */
interface Chosen {
  readonly session: Session;
  /** Packets of the range that a window still holds. */
  open: number;
  /** A window was cut that begins behind the range: the ones before are whole. */
  isPast: boolean;
}

/**
 * The packets of the windows that begin in a part of a topic: a window begins in its first packet. What comes before
 * passes as well, since the sensor's clock and the windows' borders come from there, but makes no window; what comes
 * behind passes until the last window of its sensor is whole. So a replay from A to B and one from B to C make each
 * window once, the same as one from A to C does.
 */
export async function* between(
  messages: AsyncIterable<{ readonly packet: Packet; readonly timestampMs: number }>,
  { from, to, unread, range = noRange() }: Between,
): AsyncGenerator<Packet, void> {
  const [hasBegun, isOver] = [isBehind(from, true), isBehind(to, false)];
  const { firsts, ends } = range;
  const sensors = new Map<string, Chosen>();
  const { signal } = new AbortController();

  const meet = (partition: number): Chosen => {
    const chosen: Chosen = {
      open: 0,
      isPast: false,
      session: {
        signal,
        register({ position: { first } }) {
          if (first >= (ends.get(partition) ?? Infinity)) chosen.isPast = true;
          return !chosen.isPast && first >= (firsts.get(partition) ?? Infinity);
        },
        finish: () => {},
      },
    };
    return chosen;
  };
  const isWhole = ({ isPast, open }: Chosen): boolean => isPast || open === 0;

  for await (const { packet, timestampMs } of messages) {
    const { sensor, position, ack } = packet;
    const { partition, first: offset } = position;
    const arrival = { partition, offset, timestampMs };
    if (!firsts.has(partition) && hasBegun(arrival)) firsts.set(partition, offset);
    if (!ends.has(partition) && isOver(arrival)) ends.set(partition, offset);
    const key = `${partition} ${sensor}`;
    let chosen = sensors.get(key);
    if (ends.has(partition)) {
      if (!chosen || isWhole(chosen)) {
        if (unread && [...unread].every((one) => ends.has(one)) && [...sensors.values()].every(isWhole)) return;
        continue;
      }
    } else if (!chosen) sensors.set(key, (chosen = meet(partition)));
    const { session } = chosen;
    if (!firsts.has(partition)) yield { ...packet, session, isWarmUp: true };
    else yield { ...packet, session, ack: ends.has(partition) ? ack : counted(chosen, ack) };
  }
}

function counted(chosen: Chosen, ack: Ack): Ack {
  chosen.open++;
  let isAcked = false;
  return () => {
    if (!isAcked) chosen.open--;
    isAcked = true;
    ack();
  };
}
