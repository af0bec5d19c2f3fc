import { z } from 'zod';

/**
 * A point in a topic: a time (ISO 8601, by the clock of the topic), an offset of every partition, or offsets by partition.
 * Partitions that it does not name are taken whole.
 */
export type TopicPoint = string | number | Readonly<Record<number, number>>;

export const topicPointSchema = z.union(
  [z.iso.datetime({ offset: true }), z.int().min(0), z.record(z.coerce.number().int().min(0), z.int().min(0))],
  'must be a time such as 2026-11-22T10:00:00Z, an offset, or offsets by partition',
);

/** Where a message is in its topic, and when it was written, in Unix milliseconds. */
export interface MessagePlace {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
}

/**
 * A function that says whether a message lies at or after a point. It must be called for the messages of each partition in
 * their order: all that follow the first message at or after a time count as after it.
 *
 * @param otherwise the answer for partitions that the point does not name
 */
export function isAtOrAfter(point: TopicPoint | undefined, otherwise: boolean): (message: MessagePlace) => boolean {
  const passed = new Set<number>();
  const holds = ({ partition, offset, timestampMs }: MessagePlace): boolean => {
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
