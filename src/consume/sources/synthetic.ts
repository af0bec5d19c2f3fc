import { z } from 'zod';
import { encodeEvt3 } from '../../decode/encoders/encodeEvt3.ts';
import { sfc32 } from '../../random.ts';
import type { Packet } from '../../stage/packet.ts';
import { readOptions } from '../../readOptions.ts';
import { type Mover, type Pose, directionOf, poseAt } from '../syntheticCamera/mover.ts';
import { type SceneName, scenes } from '../syntheticCamera/scenes.ts';
import { motionOf, sensorEvents } from '../syntheticCamera/sensorEvents.ts';
import type { Source } from '../source.ts';

export interface SyntheticOptions {
  /** Sensor size in pixels. @default 346 x 260, a DAVIS346 */
  width?: number;
  height?: number;
  /** Length of the recording in seconds of sensor time. @default 10 */
  seconds?: number;
  /** The same seed makes the same bytes. @default 1 */
  seed?: number;
  /** What moves before the camera: a named scene, or things with their place and motion. @default 'shapes' */
  scene?: SceneName | readonly Mover[];
  /** Sensors that look at the scene, each from a later moment on. @default 1 */
  sensors?: number;
  /** Sensor time of one packet in milliseconds. @default 10 */
  packetMs?: number;
  /** Change of ln(light) that makes one event. @default 0.2 */
  contrast?: number;
  /** Deviation of the contrast threshold from pixel to pixel, as a share of it. @default 0.15 */
  mismatch?: number;
  /** Blind time of a pixel after an event, in microseconds. @default 500 */
  refractoryUs?: number;
  /** Noise: events without a cause, per pixel and second. @default 0.1 */
  noiseHz?: number;
  /** Hot pixels, which send without a cause. @default 5 */
  hotPixels?: number;
  /** How often each of them does, per second. @default 200 */
  hotPixelHz?: number;
  /** Time in which nothing moves, in milliseconds of sensor time. Absent: something always does. */
  quiet?: { fromMs: number; toMs: number };
  /** Every so many packets, one is replaced by random bytes; 0: none. @default 0 */
  corruptEvery?: number;
  /** Every so many packets, one is lost; 0: none. @default 0 */
  loseEvery?: number;
  /** Deliver packets at the pace of the sensor instead of as fast as they are pulled. @default false */
  realtime?: boolean;
}

const place = z.number().min(-100_000).max(100_000);
const mover = z.strictObject({
  name: z.string().min(1),
  shape: z.enum(['disc', 'ring', 'square', 'triangle', 'cross', 'bar']),
  size: z.number().min(2).max(2048),
  brightness: z.number().min(0.02).max(1),
  texture: z.enum(['flat', 'stripes', 'checks', 'speckle']).default('flat'),
  x: place,
  y: place,
  vx: place.default(0),
  vy: place.default(0),
  spin: z.number().min(-100).max(100).default(0),
  orbit: z.strictObject({ radius: z.number().nonnegative(), turns: z.number().min(-100).max(100) }).optional(),
  edge: z.enum(['bounce', 'wrap']).default('bounce'),
});
const sceneNames = Object.keys(scenes) as SceneName[];
const schema = z.strictObject({
  width: z.int().min(8).max(2048).default(346),
  height: z.int().min(8).max(2048).default(260),
  seconds: z.number().positive().max(1e6).default(10),
  seed: z.int().default(1),
  scene: z.union([z.enum(sceneNames), z.array(mover)], `must be ${sceneNames.join(', ')} or a list of movers`).default('shapes'),
  sensors: z.int().min(1).max(64).default(1),
  packetMs: z.number().min(0.1).max(1000).default(10),
  contrast: z.number().min(0.02).max(2).default(0.2),
  mismatch: z.number().nonnegative().max(0.5).default(0.15),
  refractoryUs: z.number().nonnegative().default(500),
  noiseHz: z.number().nonnegative().max(1000).default(0.1),
  hotPixels: z.int().nonnegative().default(5),
  hotPixelHz: z.number().nonnegative().max(10_000).default(200),
  quiet: z.strictObject({ fromMs: z.number().nonnegative(), toMs: z.number().nonnegative() }).optional(),
  corruptEvery: z.int().nonnegative().default(0),
  loseEvery: z.int().nonnegative().default(0),
  realtime: z.boolean().default(false),
});
type Settings = z.output<typeof schema>;

/** The true state of a mover at one moment. */
export interface TrueMover extends Pose {
  readonly name: string;
  readonly shape: Mover['shape'];
  readonly size: number;
  /** `right`, `down and left`, ..., or `still`. */
  readonly direction: string;
  /** Whether any part of it is within the view. */
  readonly visible: boolean;
}

export interface SyntheticSource extends Source {
  /** The movers before a sensor (0, 1, ...) at a moment of its time, in microseconds. */
  readonly truth: (t: number, sensor?: number) => TrueMover[];
}

/**
 * A simulated event camera before a scene with known motion: real contrast events with noise and flaws, as EVT3 packets.
 * It makes the same bytes for the same options, several times faster than real time at the size of a DAVIS346.
 */
export function synthetic(options: SyntheticOptions = {}): SyntheticSource {
  const params = readOptions('synthetic', schema, options);
  const movers: readonly Mover[] = typeof params.scene === 'string' ? scenes[params.scene](params) : (params.scene as Mover[]);
  const packetUs = Math.round(params.packetMs * 1000);
  const perSensor = Math.ceil((params.seconds * 1e6) / packetUs);
  return {
    name: 'synthetic',
    params,
    total: () => Promise.resolve(perSensor * params.sensors - lostOf(perSensor, params) * params.sensors),
    truth: (t, sensor = 0) => truthAt(params, movers, motionOf(params, sensor)(t)),
    async *packets(signal) {
      const begun = Date.now();
      const sensors = Array.from({ length: params.sensors }, (_, index) => sensorPackets(params, movers, index, packetUs));
      for (let seq = 0; seq < perSensor; seq++) {
        for (const next of sensors) {
          if (signal.aborted) return;
          const packet = next(seq);
          const isLost = params.loseEvery > 0 && (seq + 1) % params.loseEvery === 0;
          if (isLost) continue;
          if (params.realtime && !(await pause(begun + ((seq + 1) * packetUs) / 1000 - Date.now(), signal))) return;
          yield params.realtime ? { ...packet, capturedAtUs: Date.now() * 1000 } : packet;
        }
      }
    },
  };
}

const lostOf = (packets: number, { loseEvery }: Settings): number => (loseEvery > 0 ? Math.floor(packets / loseEvery) : 0);

/** Makes the packets of one sensor in turn: each begins where the one before ended. */
function sensorPackets(params: Settings, movers: readonly Mover[], index: number, packetUs: number): (seq: number) => Packet {
  const seed = params.seed * 1000 + index;
  const eventsSince = sensorEvents({ ...params, seed }, movers, index, packetUs);
  const random = sfc32(seed + 500);
  return (seq) => {
    const [sinceUs, untilUs] = [seq * packetUs, (seq + 1) * packetUs];
    const bytes = encodeEvt3(eventsSince(sinceUs), { sinceUs, untilUs: untilUs - 1 });
    const isCorrupt = params.corruptEvery > 0 && (seq + 1) % params.corruptEvery === 0;
    if (isCorrupt) for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256);
    return {
      sensor: `synthetic-${index}`,
      position: { source: 'synthetic', unit: 'packet', partition: index, first: seq, end: seq + 1 },
      ack: () => undefined,
      seq,
      encoding: 'evt3',
      width: params.width,
      height: params.height,
      timeBaseNs: 0n,
      capturedAtUs: 0,
      bytes,
    };
  };
}

function truthAt({ width, height }: Settings, movers: readonly Mover[], seconds: number): TrueMover[] {
  return movers.map((one) => {
    const pose = poseAt(one, { width, height }, seconds);
    const half = one.size / 2;
    const visible = pose.x > -half && pose.y > -half && pose.x < width + half && pose.y < height + half;
    return { ...pose, name: one.name, shape: one.shape, size: one.size, direction: directionOf(pose), visible };
  });
}

/** Waits; false where the signal ended the wait. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(end, Math.max(0, ms));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
