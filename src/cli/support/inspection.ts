import { type Hash, createHash } from 'node:crypto';
import type { Packet } from '../../stage/packet.ts';
import type { DecodeCounters, Decoder, Format } from '../../decode/decoder.ts';
import type { Events } from '../../decode/events.ts';
import { pushWhole } from '../../decode/pushWhole.ts';

/** Bars of the event-rate chart. */
const BINS = 60;

/** Collects what `inspect` reports of one sensor of a recording. */
export interface Inspection {
  take(packet: Packet): void;
  /** The stream ended. */
  finish(): void;
  facts(): RecordingFacts;
}

export interface RecordingFacts {
  readonly sensor: string;
  readonly encoding: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly events: number;
  readonly on: number;
  readonly off: number;
  /** Sensor time of the first and last event in the order of the file, in microseconds. */
  readonly firstT: number | null;
  readonly lastT: number | null;
  /** External triggers; null where the format cannot carry them. */
  readonly triggers: number | null;
  /** Events whose time is below that of the one before. */
  readonly backwardSteps: number;
  readonly xMax: number | null;
  readonly yMax: number | null;
  readonly packets: number;
  readonly bytes: number;
  /** SHA3-224 of each column: t u64, x u16, y u16, on u8, little endian, in the order of the file. */
  readonly digests: { readonly t: string; readonly x: string; readonly y: string; readonly on: string };
  readonly counters: DecodeCounters;
  /** What else the format carries. */
  readonly extras: Readonly<Record<string, number>>;
  readonly rate: Rate;
}

/** Events over time: `counts[i]` of them from `startUs + i * binUs` on. */
export interface Rate {
  readonly startUs: number;
  readonly binUs: number;
  readonly counts: readonly number[];
}

/** Decodes the packets of one sensor and collects facts about them. */
export function makeInspection(format: Format, first: Packet): Inspection {
  const decoder: Decoder = format.start({ width: first.width, height: first.height });
  const digests = makeDigests();
  const rate = makeRate();
  let [packets, bytes, nextSeq] = [0, 0, first.seq];
  let [on, xMax, yMax, backwardSteps] = [0, -1, -1, 0];
  let [firstT, lastT] = [Number.NaN, Number.NaN];

  const addEvents = (events: Events): void => {
    const { length, t, x, y, p } = events;
    if (length === 0) return;
    if (Number.isNaN(firstT)) firstT = t[0]!;
    for (let i = 0; i < length; i++) {
      if (t[i]! < lastT) backwardSteps++;
      lastT = t[i]!;
      on += p[i]!;
      if (x[i]! > xMax) xMax = x[i]!;
      if (y[i]! > yMax) yMax = y[i]!;
    }
    rate.add(events);
    digests.add(events);
  };

  return {
    take(packet) {
      if (packet.seq !== nextSeq) decoder.gap();
      nextSeq = packet.seq + 1;
      packets++;
      bytes += packet.bytes.byteLength;
      addEvents(pushWhole(decoder, packet));
    },
    finish: () => addEvents(decoder.end()),
    facts: () => ({
      sensor: first.sensor,
      encoding: format.name,
      width: decoder.width || null,
      height: decoder.height || null,
      events: decoder.counters.events,
      on,
      off: decoder.counters.events - on,
      firstT: orNull(firstT),
      lastT: orNull(lastT),
      triggers: format.withoutTriggers ? null : decoder.counters.triggers,
      backwardSteps,
      xMax: xMax < 0 ? null : xMax,
      yMax: yMax < 0 ? null : yMax,
      packets,
      bytes,
      digests: digests.hex(),
      counters: { ...decoder.counters },
      extras: { ...decoder.extras },
      rate: rate.read(),
    }),
  };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function makeDigests() {
  const hashes = { t: sha3(), x: sha3(), y: sha3(), on: sha3() };
  return {
    add({ length, t, x, y, p }: Events): void {
      const times = new Uint32Array(2 * length);
      for (let i = 0; i < length; i++) {
        times[2 * i] = t[i]! % 2 ** 32;
        times[2 * i + 1] = t[i]! / 2 ** 32;
      }
      hashes.t.update(times);
      hashes.x.update(x.subarray(0, length));
      hashes.y.update(y.subarray(0, length));
      hashes.on.update(p.subarray(0, length));
    },
    hex: () => ({ t: hex(hashes.t), x: hex(hashes.x), y: hex(hashes.y), on: hex(hashes.on) }),
  };
}

const sha3 = (): Hash => createHash('sha3-224');
const hex = (hash: Hash): string => hash.copy().digest('hex');

/** A histogram over a time span that is not known in advance: when an event comes after its end, its bars become twice as wide. */
function makeRate() {
  const bars = { counts: new Float64Array(BINS), startUs: Number.NaN, binUs: 1 };
  const widen = (): void => {
    const wider = new Float64Array(BINS);
    for (let i = 0; i < BINS; i++) wider[i >> 1]! += bars.counts[i]!;
    bars.counts = wider;
    bars.binUs *= 2;
  };
  return {
    add({ length, t }: Events): void {
      if (Number.isNaN(bars.startUs)) bars.startUs = t[0]!;
      for (let i = 0; i < length; i++) {
        const at = Math.max(0, t[i]! - bars.startUs);
        while (at >= bars.binUs * BINS) widen();
        bars.counts[Math.floor(at / bars.binUs)]!++;
      }
    },
    read: (): Rate => {
      const { startUs, binUs, counts } = bars;
      return { startUs, binUs, counts: [...counts.subarray(0, counts.findLastIndex((count) => count > 0) + 1)] };
    },
  };
}
