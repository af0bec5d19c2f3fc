import type { Item } from './item.ts';
import type { Life } from './session.ts';

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
  /** They belong to whoever takes the packet, who may move them to another thread. */
  readonly bytes: Uint8Array;
  /** The stretch it belongs to. A sensor's packet with another one than the packet before does not continue that. */
  readonly life?: Life;
  /** Read only for what the packets behind it need. */
  readonly isRunUp?: boolean;
}
