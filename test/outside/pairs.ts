import { type Decoder, type Events, type Format, noCounts } from 'saccade';

/*
  An event format, 4 bytes an event, cut into packets anywhere:
    x: u8, y: u8, p and time since the event before in microseconds: u16 little-endian, p in the highest bit
*/
const EVENT_BYTES = 4;

/** A format: the bytes of one sensor's stream. */
export const pairs: Format = {
  name: 'pairs',
  start({ width, height, nearUs = 0 }) {
    let left = new Uint8Array(0);
    let clockUs = nearUs;
    const counters = noCounts();
    const decoder: Decoder = {
      counters,
      width,
      height,
      get clockUs() {
        return clockUs;
      },
      push(bytes) {
        const all = new Uint8Array([...left, ...bytes]);
        const length = Math.floor(all.length / EVENT_BYTES);
        left = all.slice(length * EVENT_BYTES);
        const view = new DataView(all.buffer);
        const events = columns(length);
        for (let i = 0; i < length; i++) {
          const word = view.getUint16(i * EVENT_BYTES + 2, true);
          clockUs += word & 0x7fff;
          events.t[i] = clockUs;
          events.x[i] = all[i * EVENT_BYTES]!;
          events.y[i] = all[i * EVENT_BYTES + 1]!;
          events.p[i] = word >> 15;
        }
        counters.events += length;
        return events;
      },
      gap: () => void counters.gaps++,
      end() {
        counters.leftoverBytes += left.length;
        return columns(0);
      },
    };
    return decoder;
  },
};

const columns = (length: number): Events => ({
  length,
  t: new Float64Array(length),
  x: new Uint16Array(length),
  y: new Uint16Array(length),
  p: new Uint8Array(length),
});
