import type { Item } from './item.ts';
import type { Session } from './session.ts';

/**
 * Raw bytes of one sensor as they came from a source, with the fields of ROS `event_camera_msgs/EventPacket`.
 * A packet may begin and end anywhere in the byte stream: decoder state belongs to the sensor.
 */
export interface Packet extends Item {
  /** Running number per sensor; a jump means that packets were lost. */
  readonly seq: number;
  /** The wire format: the name of a file in `decode/formats/`. */
  readonly encoding: string;
  /** Sensor size in pixels; 0 where only the bytes can tell. */
  readonly width: number;
  readonly height: number;
  /** Nanoseconds that formats with relative time (libcaer) add to each event. */
  readonly timeBaseNs: bigint;
  /** Wall clock of the capture in Unix microseconds; 0 where it is not known. */
  readonly capturedAtUs: number;
  /** Owned by the stage that takes the packet, which may move them to another thread. */
  readonly bytes: Uint8Array;
  /** A sensor's packet with another session than the packet before does not continue it. Absent: one session for all. */
  readonly session?: Session;
  /**
   * Why the source could not make out the packet: what was wrong, where, the value found, and what to do. Its bytes are then what
   * was found instead, and `decode` rejects it (DECODE_MALFORMED). Absent: nothing is wrong.
   */
  readonly fault?: string;
  /** Warm-up: read only because the packets behind it depend on it (lookback of filters and renderers). */
  readonly isWarmUp?: boolean;
}
