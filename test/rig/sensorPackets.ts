import { HEIGHT, WIDTH, windowBytes } from './windowBytes.ts';

/** Length of the windows that the tests cut, in milliseconds. */
export const WINDOW_MS = 50;
/** Shortly before the sensor's clock wraps, at 16.8 s. */
const ORIGIN_US = 16_500_000;

/**
 * The byte stream of a sensor over `windows` windows, cut into packets between any two words: each needs the state that
 * the packets before it left behind.
 */
export function sensorPackets(sensor: number, windows: number, packetsEach = 3): Buffer[] {
  const parts = Array.from({ length: windows }, (_, window) =>
    windowBytes({ sensor, window, windowMs: WINDOW_MS, events: 40, originUs: ORIGIN_US }),
  );
  const bytes = Buffer.concat(parts);
  const size = Math.floor(bytes.length / (windows * packetsEach * 2)) * 2;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

export interface SensorMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** Raw messages of several sensors, in turns. */
export function sensorMessages(sensors: number, windows: number): SensorMessage[] {
  const streams = Array.from({ length: sensors }, (_, sensor) => sensorPackets(sensor, windows));
  const longest = Math.max(...streams.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => i).flatMap((i) =>
    streams.flatMap((stream, sensor) => {
      const value = stream[i];
      const headers = { encoding: 'evt3', width: `${WIDTH}`, height: `${HEIGHT}`, seq: `${i}` };
      return value ? [{ key: `cam-${sensor}`, value, headers }] : [];
    }),
  );
}
