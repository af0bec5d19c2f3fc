import type { ContainedPacket } from '../../container.ts';

/** What a container gives in the place of a packet that it cannot make out. */
export const faultyPacket = (sensor: string, bytes: Uint8Array, fault: string): ContainedPacket => ({
  sensor,
  seq: 0,
  encoding: 'unreadable',
  width: 0,
  height: 0,
  timeBaseNs: 0n,
  capturedAtUs: 0,
  bytes,
  fault,
});
