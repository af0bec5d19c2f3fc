import type { Subscription } from 'rxjs';
import type { Packet } from '../stage/packet.ts';
import { endless } from '../stage/lifetime.ts';
import { recentMap } from '../stage/recentMap.ts';
import type { Session } from '../stage/session.ts';
import { shortKey } from '../stage/shortKey.ts';
import { MOST_RESUME_POINTS, type StateOptions, stateDefaults } from '../stage/stateOptions.ts';
import { type SensorDecoder, decodeSensor } from './decodeSensor.ts';
import type { Format } from './decoder.ts';
import type { EventBatch } from './events.ts';

/** The part of all bytes that decoders may hold, for the rest of records that are not complete. */
const DECODERS_PART = 1 / 4;

/** The decoders of many sensors, one for each session. */
export interface SensorDecoders {
  /** Throws DECODE_MALFORMED. */
  readonly decode: (packet: Packet) => EventBatch;
  /** Forgets the decoder of a sensor but for the time that it has reached. Returns the events that it held back. */
  readonly forget: (sensor: string) => EventBatch | undefined;
  /** The stream ended: the events that were held back. */
  readonly end: () => EventBatch[];
  /** Bytes that they hold for records that are not complete. */
  readonly held: () => number;
  /** Ends what listens to the sessions. */
  readonly stop: () => void;
}

interface Kept {
  readonly session: Session | undefined;
  readonly read: SensorDecoder;
  readonly listening: Subscription | undefined;
  bytes: number;
}

/** Where a sensor goes on that was forgotten: the time resolves the wraps of its clock. */
type Reached = Pick<Kept, 'session'> & { readonly clockUs: number };

export interface SensorDecodersOptions {
  readonly formats: readonly Format[];
  /** As for `decode`. */
  readonly largestSensorPixels?: number | undefined;
  readonly state?: StateOptions;
}

/** @param heldBack takes the events that were held back by a decoder that had to be forgotten */
export function sensorDecoders(
  { formats, largestSensorPixels, state = {} }: SensorDecodersOptions,
  heldBack: (batch: EventBatch) => void,
): SensorDecoders {
  const { sensors = stateDefaults.sensors, bytes = stateDefaults.bytes } = state;
  const kept = recentMap<string, Kept>();
  const reached = recentMap<string, Reached>(MOST_RESUME_POINTS);
  let held = 0;

  const remove = (key: string): Kept | undefined => {
    const one = kept.take(key);
    if (!one) return undefined;
    one.listening?.unsubscribe();
    held -= one.bytes;
    return one;
  };
  const begin = (key: string, { session }: Packet): Kept => {
    const before = reached.take(key);
    const nearUs = before?.session === session ? before?.clockUs : undefined;
    // A sensor that is lost may not come back: what its decoder holds is released.
    const isEndless = session?.lifetime === endless;
    const listening = isEndless ? undefined : session?.lifetime.over.subscribe(() => kept.get(key)?.session === session && remove(key));
    return { session, read: decodeSensor(formats, { nearUs: nearUs ?? session?.after?.end, largestSensorPixels }), listening, bytes: 0 };
  };
  const forget = (key: string): EventBatch | undefined => {
    const one = remove(key);
    if (!one) return undefined;
    const clockUs = one.read.clockUs();
    if (!Number.isNaN(clockUs)) reached.set(key, { session: one.session, clockUs });
    return one.read.end();
  };
  const isTooMuch = (): boolean => kept.size > sensors || held > bytes * DECODERS_PART;
  const shrink = (): void => {
    while (kept.size > 1 && isTooMuch()) {
      const last = forget(kept.oldest!);
      if (last) heldBack(last);
    }
  };

  return {
    decode(packet) {
      const { sensor, session } = packet;
      const key = shortKey(sensor);
      let one = kept.get(key);
      if (!one || one.session !== session) {
        remove(key);
        one = begin(key, packet);
      }
      kept.set(key, one);
      try {
        return one.read(packet);
      } finally {
        const now = one.read.heldBytes() + sensor.length;
        held += now - one.bytes;
        one.bytes = now;
        shrink();
      }
    },
    forget: (sensor) => forget(shortKey(sensor)),
    end: () => kept.values().flatMap(({ read }) => read.end() ?? []),
    held: () => held,
    stop() {
      for (const { listening } of kept.values()) listening?.unsubscribe();
    },
  };
}
