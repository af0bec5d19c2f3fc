import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';

export const WIDTH = 320;
export const HEIGHT = 240;

export interface WindowOfSensor {
  readonly sensor: number;
  /** Counted from 0. */
  readonly window: number;
  readonly windowMs: number;
  readonly events: number;
  /** Sensor time at which window 0 begins, in microseconds. @default 0 */
  readonly originUs?: number;
  /** A spot wanders through the noise: something for the simulator to find. @default only noise */
  readonly hasSpot?: boolean;
}

/**
 * The EVT3 bytes of one window of one sensor, up to the time word that closes it; those of the next window go on where these
 * end. No two windows have the same events, so each frame has a request hash of its own.
 */
export function windowBytes({ sensor, window, windowMs, events: count, originUs = 0, hasSpot = false }: WindowOfSensor): Buffer {
  const startUs = originUs + window * windowMs * 1000;
  const events = makeEvents(count);
  events.length = count;
  const [spotX, spotY] = [(window * 3 + sensor * 40) % (WIDTH - 40), (window * 2 + sensor * 30) % (HEIGHT - 40)];
  for (let i = 0; i < count; i++) {
    const noise = Math.imul(window * count + i + 1, 2_654_435_761 ^ (sensor * 40_503 + 77)) >>> 0;
    const inSpot = hasSpot && i % 8 !== 0;
    events.t[i] = startUs + Math.floor((i * windowMs * 1000) / count);
    events.x[i] = inSpot ? spotX + (noise % 40) : noise % WIDTH;
    events.y[i] = inSpot ? spotY + ((noise >>> 10) % 40) : (noise >>> 10) % HEIGHT;
    events.p[i] = inSpot ? Number(noise % 40 > 20) : (noise >>> 20) & 1;
  }
  const bytes = encodeEvt3(events, { sinceUs: startUs, untilUs: startUs + windowMs * 1000 });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
