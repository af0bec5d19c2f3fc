import { InvalidArgumentError } from 'commander';
import type { TopicPoint } from '../../kafka/consumer/topicPoint.ts';

/** The value of `--from` and `--to`: `2026-11-22T10:00:00Z`, an offset of every partition, or `0:1200,1:800` by partition. */
export function pointFlag(text: string): TopicPoint {
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d+:(0|[1-9]\d*)(,\d+:(0|[1-9]\d*))*$/.test(text))
    return Object.fromEntries(text.split(',').map((one) => one.split(':').map(Number)));
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError(
    `'${text}' is neither a time such as 2026-11-22T10:00:00Z, nor an offset, nor offsets by partition such as 0:1200,1:800.`,
  );
}

/** What it takes, for the help of a command. */
export const pointHelp = 'a time (ISO 8601), an offset, or offsets by partition (0:1200,1:800)';
