import { channel } from 'node:diagnostics_channel';

/**
 * The side door. Stages report what they did; metrics, log, traces and viewer subscribe (`watch/`).
 * A stage knows none of them, and nothing is measured while nothing listens.
 */
export interface Reports {
  /** What a stage did with one item. */
  stage: {
    readonly stage: string;
    readonly sensor: string;
    readonly ms: number;
    readonly item: unknown;
    readonly out?: unknown;
    readonly error?: unknown;
  };
  /** One call to one upstream ended; the `Attempt` of its record. */
  attempt: {
    readonly target: string;
    /** `ok`, or the class of the error. */
    readonly outcome: string;
    readonly ms: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** USD; null where the model's price is not known. */
    readonly costUsd: number | null;
  };
  /** The gate's state changed. */
  gate: { readonly windows: number; readonly bytes: number; readonly shut: boolean };
  /** A target's limits changed: tokens left, calls allowed at once, breaker state. */
  limit: { readonly target: string; readonly [state: string]: unknown };
  /** An item was rejected and is safe in the dead letters. */
  reject: { readonly stage: string; readonly sensor: string; readonly code: string; readonly message: string };
  /** Partitions were assigned to the source: how many, and which `share` (0 to 1) of all. */
  assigned: { readonly partitions: number; readonly share: number };
  /** What waits of one partition of the source, and whether no more of it is fetched. */
  buffered: { readonly partition: string; readonly bytes: number; readonly paused: boolean };
  /** Something that is waited for did not answer, and will be asked again: a broker, a registry. */
  wait: { readonly on: string; readonly message: string };
  /** An error after which the flow went on without what had failed. */
  swallow: { readonly where: string; readonly message: string };
  /** A part could not be closed at the end of a run. */
  close: { readonly part: string; readonly message: string };
  /** Counters of a sensor's decoder. */
  decode: { readonly sensor: string; readonly counters: object };
  /** Events of a sensor that are in no window: `late`, and by the name of each filter those that it dropped. */
  cut: { readonly sensor: string; readonly counters: Readonly<Record<string, number>> };
}

/** Publishes on `saccade:<kind>`; the report is only made when something listens. */
export function report<Kind extends keyof Reports>(kind: Kind, make: () => Reports[Kind]): void {
  const door = doors[kind];
  if (door.hasSubscribers) door.publish(make());
}

/** Listens to one kind of report. Returns the function that ends it. */
export function listen<Kind extends keyof Reports>(kind: Kind, hear: (report: Reports[Kind]) => void): () => void {
  const onMessage = (message: unknown): void => hear(message as Reports[Kind]);
  doors[kind].subscribe(onMessage);
  return () => doors[kind].unsubscribe(onMessage);
}

const doors = {
  stage: channel('saccade:stage'),
  attempt: channel('saccade:attempt'),
  gate: channel('saccade:gate'),
  limit: channel('saccade:limit'),
  reject: channel('saccade:reject'),
  assigned: channel('saccade:assigned'),
  buffered: channel('saccade:buffered'),
  wait: channel('saccade:wait'),
  swallow: channel('saccade:swallow'),
  close: channel('saccade:close'),
  decode: channel('saccade:decode'),
  cut: channel('saccade:cut'),
} as const satisfies Record<keyof Reports, unknown>;
