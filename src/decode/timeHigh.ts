import type { DecodeCounters } from './decoder.ts';

/*
  A sensor sends its time in two parts: TIME_HIGH words with the upper bits, and lower bits with or between the events.
  The upper bits wrap, are repeated, and are sometimes wrong. From one word to the next this file believes a step
  forward of less than half the range, at once: a sparse recording may have no word for seconds.

  A step back is not believed: it is a bit error, or events that overtook each other, and the time is held. Two cases
  look the same and are distinguished by what follows:
    the step forward before it was the error     the word continues where that step began: the time returns there
    the clock really is elsewhere (lost data)    several words in a row agree with each other: theirs is adopted
*/

/** Successive words that agree before a time that does not fit is adopted. */
const AGREE = 3;
/** A word continues another one within this time, in microseconds. */
const NEAR_US = 65_536;

export interface TimeHigh {
  /** Whether a word was seen since the start or the last gap. */
  readonly known: boolean;
  /** The upper bits with all wraps added up. */
  readonly high: number;
  /** The upper bits as in the last word that was believed; -1 while unknown. */
  readonly word: number;
  /** Takes a word that is not the last one again. True if the time changed. */
  feed(word: number): boolean;
  /** Whether no earlier word is in doubt: then the caller may follow small steps forward itself. */
  readonly settled: boolean;
  /** Sets the time where the caller has followed small steps forward itself. */
  follow(high: number): void;
  /** Data was lost: the next word is believed, at the distance nearest to the last time known, or to `nearUs`. */
  gap(nearUs?: number): void;
}

export interface TimeHighOptions {
  /** Bits of the word. */
  readonly bits: number;
  /** Microseconds of one step. */
  readonly stepUs: number;
  /** Steps back that an adopted time may mean; more than that is a wrap missed while data was lost. */
  readonly backSteps: number;
  readonly counters: DecodeCounters;
  /** Sensor time near which the stream continues, in microseconds. @default the stream begins */
  readonly nearUs?: number | undefined;
}

export function makeTimeHigh({ bits, stepUs, backSteps, counters, nearUs }: TimeHighOptions): TimeHigh {
  const range = 2 ** bits;
  const near = NEAR_US / stepUs;
  let known = false;
  let started = nearUs !== undefined;
  let high = Math.floor((nearUs ?? 0) / stepUs);
  let beforeJump = -1;
  let candidate = 0;
  let agreeing = 0;

  const ahead = (word: number, from: number): number => (((word - from) % range) + range) % range;

  const moveTo = (next: number): true => {
    counters.wraps += Math.floor(next / range) - Math.floor(high / range);
    high = next;
    agreeing = 0;
    return true;
  };

  const resume = (word: number): true => {
    known = true;
    beforeJump = -1;
    if (!started) {
      started = true;
      high = word;
      return true;
    }
    const step = ahead(word, high);
    const back = step >= range / 2 && high >= range - step;
    if (back) counters.timeBackward++;
    return moveTo(high + step - (back ? range : 0));
  };

  const doubt = (word: number, step: number): boolean => {
    counters.timeBackward++;
    if (beforeJump >= 0 && ahead(word, beforeJump) <= near) {
      const next = beforeJump + ahead(word, beforeJump);
      beforeJump = -1;
      return moveTo(next);
    }
    agreeing = agreeing > 0 && ahead(word, candidate) <= near ? agreeing + 1 : 1;
    candidate = word;
    if (agreeing < AGREE) return false;
    counters.gaps++;
    beforeJump = -1;
    const back = step >= range - backSteps && high >= range - step;
    return moveTo(high + step - (back ? range : 0));
  };

  return {
    get known() {
      return known;
    },
    get high() {
      return high;
    },
    get word() {
      return known ? high % range : -1;
    },
    feed(word) {
      if (!known) return resume(word);
      const step = ahead(word, high);
      if (step === 0) {
        agreeing = 0;
        return false;
      }
      if (step >= range / 2) return doubt(word, step);
      beforeJump = step > near ? high : -1;
      return moveTo(high + step);
    },
    get settled() {
      return known && beforeJump < 0 && agreeing === 0;
    },
    follow(next) {
      high = next;
    },
    gap(backToUs) {
      known = false;
      agreeing = 0;
      beforeJump = -1;
      if (backToUs !== undefined) high = Math.floor(backToUs / stepUs);
    },
  };
}
