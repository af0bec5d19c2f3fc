import { type Events, makeEvents } from '../../decode/events.ts';
import { type Camera, type CameraOptions, camera } from './camera.ts';
import { type Mover, topSpeed } from './mover.ts';

export interface SensorEventsOptions extends Omit<CameraOptions, 'movers' | 'motionAt'> {
  /** Time in which nothing moves, in milliseconds of sensor time. */
  readonly quiet?: { readonly fromMs: number; readonly toMs: number } | undefined;
}

/** The events of one sensor in turn: from a moment on, for the time of one packet. @param index of the sensor: each sees the scene from a later moment on */
export function sensorEvents(
  options: SensorEventsOptions,
  movers: readonly Mover[],
  index: number,
  packetUs: number,
): (sinceUs: number) => Events {
  const lens = camera({ ...options, movers, motionAt: motionOf(options, index) });
  const steps = Math.ceil(packetUs / longestStep(movers));
  return (sinceUs) => expose(lens, sinceUs, packetUs, steps);
}

/** Seconds of motion at a moment of sensor time: it stands still in the quiet interval. Later sensors begin later in the scene. */
export function motionOf({ quiet }: Pick<SensorEventsOptions, 'quiet'>, sensor: number): (t: number) => number {
  const from = (quiet?.fromMs ?? Infinity) * 1000;
  const to = (quiet?.toMs ?? Infinity) * 1000;
  return (t) => (t <= from ? t : Math.max(from, t - Math.max(0, to - from))) / 1e6 + sensor * 1.7;
}

/** Between two moments nothing may move further than half a pixel, or edges would be stairs. Microseconds. */
const longestStep = (movers: readonly Mover[]): number =>
  Math.min(5_000, Math.max(100, (0.5e6 / Math.max(1e-9, topSpeed(movers))) | 0 || 5_000));

/** The events of one packet, in steps of time that are short enough. */
function expose(lens: Camera, since: number, packetUs: number, steps: number): Events {
  const parts: Events[] = [];
  const all = makeEvents(0);
  for (let step = 0; step < steps; step++) {
    const { length, t, x, y, p } = lens.advance(
      since + Math.round((step * packetUs) / steps),
      since + Math.round(((step + 1) * packetUs) / steps),
    );
    parts.push({ length, t: t.slice(0, length), x: x.slice(0, length), y: y.slice(0, length), p: p.slice(0, length) });
    all.length += length;
  }
  const whole = makeEvents(all.length);
  let at = 0;
  for (const { length, t, x, y, p } of parts) {
    whole.t.set(t, at);
    whole.x.set(x, at);
    whole.y.set(y, at);
    whole.p.set(p, at);
    at += length;
  }
  whole.length = at;
  return whole;
}
