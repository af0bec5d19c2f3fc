import { type Columns, columns } from '../columns.ts';
import type { DecodeCounters, Decoder, StreamInfo } from '../decoder.ts';
import { makeRecords } from '../records.ts';
import type { EvtKernel, KernelState } from './evtKernel.ts';

/** A decoder of words in plain JavaScript, whose state a kernel can take over between two words. */
export interface WordReader {
  readonly format: 'evt2' | 'evt3';
  readonly counters: DecodeCounters;
  /** Decodes words `from` up to `to` and appends to the `n` events that the columns hold; returns the new number of events. */
  read(words: Uint16Array | Uint32Array, from: number, to: number, columns: Columns, n: number): number;
  /** Whether nothing is unknown or in doubt: the kernel knows no other state. */
  settled(): boolean;
  save(state: KernelState): void;
  restore(state: KernelState): void;
  gap(nearUs?: number): void;
  clockUs(): number;
}

/** Bytes from which a kernel is faster: a call of it costs as much as some hundred words. */
const KERNEL_PAYS = 1024;
/** Words that the reader decodes before the kernel is tried again, while something is unknown. */
const RETRY_AFTER = 64;
/** Events that one word can make. */
const MOST_EVENTS = 12;
/** Columns and rows that a word can name. */
const ADDRESSES = 0x800;

/**
 * A decoder around a reader of words. Large packets go through the kernel, which stops before every word that it cannot
 * decide; the reader decodes that one. Without a kernel the reader decodes all.
 */
export function startWords({ width, height }: StreamInfo, reader: WordReader, kernelOf?: () => EvtKernel | undefined): Decoder {
  const { format, counters } = reader;
  const wordBytes = format === 'evt3' ? 2 : 4;
  const sensor = { width: width || ADDRESSES, height: height || ADDRESSES };
  const records = makeRecords(wordBytes);
  const state: KernelState = {
    y: 0,
    base: 0,
    polarity: 0,
    highWord: 0,
    now: 0,
    high: 0,
    n: 0,
    outOfRange: 0,
    otherWords: 0,
    triggers: 0,
    orphanWords: 0,
  };
  let kernel: EvtKernel | undefined;
  let asked = false;

  const runKernel = (fast: EvtKernel, from: number, to: number): number => {
    reader.save(state);
    const stopped = fast.run(format, sensor, state, from, to);
    reader.restore(state);
    counters.outOfRange += state.outOfRange;
    counters.otherWords += state.otherWords;
    counters.triggers += state.triggers;
    counters.orphanWords += state.orphanWords;
    return stopped;
  };

  const readFast = (fast: EvtKernel, bytes: Uint8Array): number => {
    const total = bytes.length / wordBytes;
    fast.load(bytes);
    // EVT2 makes one event of a word at most, and its kernel asks for no other limit.
    fast.columns.reserve(total + 2 * RETRY_AFTER * MOST_EVENTS);
    state.n = 0;
    for (let at = 0; at < total;) {
      let slowWords = RETRY_AFTER;
      if (reader.settled()) {
        const stopped = runKernel(fast, at, total);
        slowWords = stopped > at ? 1 : RETRY_AFTER;
        at = stopped;
      }
      const end = Math.min(total, at + slowWords);
      fast.columns.reserve(state.n + (end - at + 1) * MOST_EVENTS + RETRY_AFTER * MOST_EVENTS);
      const words = format === 'evt3' ? fast.words16() : fast.words32();
      state.n = reader.read(words, at, end, fast.columns, state.n);
      at = end;
    }
    return state.n;
  };

  return {
    push(bytes) {
      const whole = records.take(bytes);
      if (whole.length >= KERNEL_PAYS && !asked) {
        asked = true;
        kernel = kernelOf?.();
      }
      const fast = whole.length >= KERNEL_PAYS ? kernel : undefined;
      const count = whole.length / wordBytes;
      let n;
      if (fast) n = readFast(fast, whole);
      else {
        const words =
          format === 'evt3'
            ? new Uint16Array(whole.buffer, whole.byteOffset, count)
            : new Uint32Array(whole.buffer, whole.byteOffset, count);
        n = reader.read(words, 0, count, columns, 0);
      }
      counters.events += n;
      return (fast?.columns ?? columns).events(n);
    },
    gap(nearUs) {
      counters.gaps++;
      counters.leftoverBytes += records.drop();
      reader.gap(nearUs);
    },
    end() {
      counters.leftoverBytes += records.drop();
      return columns.events(0);
    },
    counters,
    width,
    height,
    get clockUs() {
      return reader.clockUs();
    },
  };
}
