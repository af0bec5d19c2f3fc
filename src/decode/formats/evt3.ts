import { bitsOf } from '../bitsOf.ts';
import { type Decoder, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { type EvtKernel, evtKernel } from '../kernels/evtKernel.ts';
import { type WordReader, startWords } from '../kernels/startWords.ts';
import { detectRaw } from '../propheseeHeader.ts';
import { makeTimeHigh } from '../timeHigh.ts';

/*
  EVT3 word (16 bits, little endian): type in bits 15..12
    0 ADDR_Y       y[10:0], bit 11: which sensor of a stereo pair
    2 ADDR_X       x[10:0], bit 11: polarity                        one event at x, y
    3 VECT_BASE_X  x[10:0], bit 11: polarity                        where the next vector begins
    4 VECT_12      mask[11:0]                                       an event at base + i for each bit i; base += 12
    5 VECT_8       mask[7:0]                                        the same; base += 8
    6 TIME_LOW     t[11:0]
    8 TIME_HIGH    t[23:12]; a change sets the low part to 0
    A EXT_TRIGGER  id[11:8], value[0]
    7, E, F OTHERS and its continuation; D IMU; 9 padding; 1, B, C not defined
  The row, the vector base and the time hold until the next word of their kind, across packets.
  https://docs.prophesee.ai/stable/data/encoding_formats/evt3.html
*/

const UNKNOWN = -1;
const OUTSIDE = -2;
const ADDRESSES = 0x800;

export const evt3: Format = {
  name: 'evt3',
  detect: (head) => detectRaw(head, 'evt3'),
  start: (stream) => startEvt3(stream, evtKernel),
};

/** A decoder; without a kernel it is the reference, plain JavaScript, which the kernel is tested against. */
export const startEvt3 = (stream: StreamInfo, kernelOf?: () => EvtKernel | undefined): Decoder =>
  startWords(stream, readEvt3(stream), kernelOf);

/** One algorithm: a state machine around a hot loop over words, which is fast because its state is in local variables. */
function readEvt3({ width, height, nearUs }: StreamInfo): WordReader {
  const counters = noCounts();
  const time = makeTimeHigh({ bits: 12, stepUs: 4096, backSteps: 16, counters, nearUs });
  const maxX = width || ADDRESSES;
  const maxY = height || ADDRESSES;
  const state = { y: UNKNOWN, base: UNKNOWN, polarity: 0, t: Number.NaN, timeKnown: false };

  /** The row that events go to: y, or why they go nowhere. */
  const rowOf = (): number => (state.y === UNKNOWN || !state.timeKnown ? UNKNOWN : state.y < maxY ? state.y : OUTSIDE);

  /** Takes a TIME_HIGH; true if the time moved. */
  const timeHigh = (word: number): boolean => {
    // After a start or a gap the low part stays unknown until its own word comes.
    if (!time.known) state.timeKnown = false;
    return time.feed(word);
  };

  return {
    format: 'evt3',
    counters,
    read(words, from, to, columns, before) {
      let { t, x, y, p, capacity } = columns;
      let { base, polarity } = state;
      let now = state.t;
      let row = rowOf();
      let calmHigh = time.settled ? 0x8000 | time.word : UNKNOWN;
      let n = before;
      let outOfRange = 0;
      let orphanWords = 0;
      for (let i = from; i < to; i++) {
        const word = words[i]!;
        const type = word >>> 12;
        if (n + 12 > capacity) {
          columns.reserve(n + 12 + to - i);
          ({ t, x, y, p, capacity } = columns);
        }
        if (type === 2) {
          const column = word & 0x7ff;
          if (row < 0) {
            if (row === UNKNOWN) orphanWords++;
            else outOfRange++;
          } else if (column < maxX) {
            t[n] = now;
            x[n] = column;
            y[n] = row;
            p[n++] = (word >>> 11) & 1;
          } else outOfRange++;
        } else if (type === 0) {
          state.y = word & 0x7ff;
          row = rowOf();
        } else if (type === 6) {
          if (time.known) {
            now = time.high * 4096 + (word & 0xfff);
            if (!state.timeKnown) {
              state.timeKnown = true;
              row = rowOf();
            }
          }
        } else if (type === 4 || type === 5) {
          const bits = type === 4 ? 12 : 8;
          let mask = word & (type === 4 ? 0xfff : 0xff);
          if (base === UNKNOWN || row === UNKNOWN) orphanWords++;
          else {
            // Bits at or beyond the sensor's edge are events that cannot be.
            const inside = row === OUTSIDE || base >= maxX ? 0 : maxX - base >= bits ? mask : mask & ((1 << (maxX - base)) - 1);
            outOfRange += bitsOf(mask ^ inside);
            for (mask = inside; mask !== 0; mask &= mask - 1) {
              t[n] = now;
              x[n] = base + 31 - Math.clz32(mask & -mask);
              y[n] = row;
              p[n++] = polarity;
            }
          }
          if (base !== UNKNOWN) base += bits;
        } else if (type === 8) {
          // Sensors repeat the word: while nothing is in doubt, the same one again changes nothing.
          if (word === calmHigh) continue;
          if (timeHigh(word & 0xfff)) now = time.high * 4096;
          row = rowOf();
          calmHigh = time.settled ? 0x8000 | time.word : UNKNOWN;
        } else if (type === 3) {
          base = word & 0x7ff;
          polarity = (word >>> 11) & 1;
        } else if (type === 0xa) counters.triggers++;
        else if (type === 1 || type === 0xb || type === 0xc) {
          counters.unknownWords++;
          // Type 1 is a row of events of another class: what follows is none of ours until the next row.
          if (type === 1) {
            state.y = UNKNOWN;
            row = UNKNOWN;
          }
        } else counters.otherWords++;
      }
      Object.assign(state, { base, polarity, t: now });
      counters.outOfRange += outOfRange;
      counters.orphanWords += orphanWords;
      return n;
    },
    settled: () => state.timeKnown && state.y !== UNKNOWN && time.settled,
    save(kernel) {
      const { y, base, polarity, t } = state;
      Object.assign(kernel, { y, base, polarity, now: t, highWord: 0x8000 | (time.high % 4096), high: time.high * 4096 });
    },
    restore({ y, base, polarity, now, high }) {
      Object.assign(state, { y, base, polarity, t: now });
      time.follow(high / 4096);
    },
    gap(backToUs) {
      time.gap(backToUs);
      Object.assign(state, { y: UNKNOWN, base: UNKNOWN, timeKnown: false });
    },
    clockUs: () => state.t,
  };
}
