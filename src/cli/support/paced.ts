import type { Packet } from '../../stage/packet.ts';
import { recentMap } from '../../stage/recentMap.ts';
import { shortKey } from '../../stage/shortKey.ts';
import { stateDefaults } from '../../stage/stateOptions.ts';
import { paceOf } from '../../consume/recordings/paceOf.ts';
import type { Source } from '../../consume/source.ts';
import { type SensorDecoder, decodeSensor } from '../../decode/decodeSensor.ts';
import { allFormats } from '../../decode/allFormats.ts';

/** The same packets at `speed` times the speed of each sensor's own clock; Infinity: as fast as they are pulled. */
export function paced(source: Source, speed: number): Source {
  if (speed === Infinity) return source;
  return {
    ...source,
    async *packets(signal) {
      // A sensor that comes back after so many others has a pace of its own again.
      const sensors = recentMap<string, { clock: SensorDecoder; pace: ReturnType<typeof paceOf> }>(stateDefaults.sensors);
      for await (const packet of source.packets(signal)) {
        const key = shortKey(packet.sensor);
        let sensor = sensors.get(key);
        sensor ??= { clock: decodeSensor(allFormats), pace: paceOf(speed, signal) };
        sensors.set(key, sensor);
        const atMs = clockOf(sensor.clock, packet) / 1000;
        if (packet.isWarmUp !== true) await sensor.pace(atMs);
        if (signal.aborted) return;
        yield packet;
      }
    },
  };
}

/** NaN for a packet that cannot be decoded: it does not wait. */
function clockOf(clock: SensorDecoder, packet: Packet): number {
  try {
    return clock(packet).clockUs;
  } catch {
    return Number.NaN;
  }
}
