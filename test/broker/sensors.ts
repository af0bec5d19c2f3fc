import { encodeEvt3 } from '../../src/decode/encoders/encodeEvt3.ts';
import { makeEvents } from '../../src/decode/events.ts';

/** Length of the windows that the tests cut, in milliseconds. */
export const WINDOW_MS = 50;

/**
 * The byte stream of a sensor over `windows` windows, cut into packets between any two words: each needs the state that
 * the packets before it left behind. Starts late enough to pass the wrap of the sensor's clock at 16.8 s.
 */
export function sensorPackets(seed: number, windows: number, packetsEach = 3): Uint8Array[] {
  const perWindow = 40;
  const startUs = 16_500_000;
  const events = makeEvents(windows * perWindow);
  events.length = windows * perWindow;
  for (let i = 0; i < events.length; i++) {
    const noise = Math.imul(i + 1, 2_654_435_761 ^ seed) >>> 0;
    events.t[i] = startUs + Math.floor((i * WINDOW_MS * 1000) / perWindow);
    events.x[i] = noise % 320;
    events.y[i] = (noise >>> 10) % 240;
    events.p[i] = (noise >>> 20) & 1;
  }
  const bytes = encodeEvt3(events, { sinceUs: startUs, untilUs: startUs + windows * WINDOW_MS * 1000 + 1 });
  const size = Math.floor(bytes.length / (windows * packetsEach * 2)) * 2;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

/** Raw messages of several sensors, in turns, as they would come from a rig. */
export function rigMessages(sensors: number, windows: number): { key: string; value: Buffer; headers: Record<string, string> }[] {
  const streams = Array.from({ length: sensors }, (_, s) => sensorPackets(s, windows));
  const longest = Math.max(...streams.map(({ length }) => length));
  const messages = [];
  for (let i = 0; i < longest; i++) {
    for (let s = 0; s < sensors; s++) {
      const value = streams[s]![i];
      if (value)
        messages.push({
          key: `cam-${s}`,
          value: Buffer.from(value),
          headers: { encoding: 'evt3', width: '320', height: '240', seq: String(i) },
        });
    }
  }
  return messages;
}
