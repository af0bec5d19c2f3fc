import type kafkajs from 'kafkajs';
import { persist } from '../client/retryUntil.ts';
import type { Range } from './readRange.ts';

/** By partition: the offset of the first message at or behind a time, or an offset, the same or its own. None: not said. */
export type Offsets = (partition: number) => number | undefined;

/** @param point a time (ISO 8601), an offset of every partition, or offsets by partition */
export async function offsetsOf(
  admin: kafkajs.Admin,
  topic: string,
  point: string | number | Readonly<Record<number, number>> | undefined,
): Promise<Offsets> {
  if (typeof point !== 'string') return (partition) => (typeof point === 'object' ? point[partition] : point);
  const found = await persist(() => admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(point)), 60_000);
  // -1: nothing came since.
  const offsets = new Map(found.map(({ partition, offset }) => [partition, Number(offset) < 0 ? Infinity : Number(offset)]));
  return (partition) => offsets.get(partition);
}

/** The part of each range at or behind `from` and before `to`. */
export const boundsOf = (ranges: readonly Range[], from: Offsets, to: Offsets): Range[] =>
  ranges.map(({ partition, first, end }) => ({
    partition,
    first: Math.min(end, Math.max(first, from(partition) ?? first)),
    end: Math.min(end, to(partition) ?? end),
  }));
