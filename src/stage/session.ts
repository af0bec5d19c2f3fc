import type { Position } from './item.ts';
import type { Lifetime } from './lifetime.ts';

/** A window as its source needs to know it. Times are sensor time in microseconds. */
export interface SessionWindow {
  readonly sensor: string;
  readonly start: number;
  readonly end: number;
  readonly position: Position;
  /** Where an idle timeout closed it: the position behind the sensor's last packet that had been read by then. */
  readonly idleAt?: number;
}

/** Where a sensor goes on after a restart: its last finished window, and the offset (or packet number) behind that window's last packet. */
export interface ResumePoint {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/**
 * Packets of one sensor that continue each other. A source that goes back (after a restart, or because a Kafka partition
 * was assigned to this process) starts a new session: decoders, filters and windows start with no state.
 */
export interface Session {
  /** All windows up to this one are finished: events before its end belong to no window. Absent: start at the beginning. */
  readonly after?: ResumePoint | undefined;
  /** Where idle timeouts closed windows in the run before, ascending: a replay closes them at the same packets. */
  readonly idleAt?: readonly number[] | undefined;
  /** Ends when the source loses the sensor: its open windows then belong to another process. */
  readonly lifetime: Lifetime;
  /** Called for each window that was cut. False: it was finished earlier, or does not belong to this session. */
  register(window: SessionWindow): boolean;
  /** Called for each window whose record, or dead letter, is safe. */
  finish(window: SessionWindow): void;
}
