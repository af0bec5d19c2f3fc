import type { Reach } from './reach.ts';

/** Called once, by `publish` or `reject`, when an item has ended: its record or dead letter is safe. The source may then commit. */
export type Ack = () => void;

/** Where in its source something came from: enough to read it again. */
export interface Position {
  /** The topic, or the path of the file. */
  readonly source: string;
  /** What `first` and `end` count. */
  readonly unit: 'offset' | 'byte' | 'packet';
  /** Kafka partition; 0 for sources without partitions. */
  readonly partition: number;
  /** The first one. */
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
  /** How often this partition was assigned to the source so far, where it can lose one and get it back. */
  readonly epoch?: number;
}

/** What every item of the flow carries, from its packet to the end. */
export interface Item {
  /** The name of what made the events: a camera, a recording, a topic's key. */
  readonly sensor: string;
  readonly position: Position;
  readonly ack: Ack;
}

/** Any part of a pipeline: its name is the word used in `pipelines/`, its parameters are what the configuration hash covers. */
export interface Part {
  readonly name: string;
  /** JSON-compatible; no secrets. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Files and folders on this machine that it writes: no two parts of a pipeline may have the same. @default none */
  readonly files?: readonly string[];
  /**
   * The name and the parameters as the configuration hash sees them, where one of them was renamed after a release: outputs
   * and ledgers of earlier versions go on being used. @default name and params
   */
  readonly hashedAs?: HashedPart;
  /** Where it connects to, for `check` and for the pipeline's `egress`. Absent: nowhere. */
  readonly reaches?: readonly Reach[];
}

/** What the configuration hash covers of a part. */
export type HashedPart = Pick<Part, 'name' | 'params'>;

export const hashedPart = ({ name, params, hashedAs }: Part): HashedPart => hashedAs ?? { name, ...(params && { params }) };
