import { type Events, makeEvents } from '../../decode/events.ts';
import { type Random, normal, poisson, sfc32 } from '../../random.ts';
import { type Mover, type Pose, type View, poseAt } from './scene.ts';
import { type Sprite, spriteOf } from './sprite.ts';

/*
  The pixel of an event camera (Lichtsteiner 2008; simulators ESIM and v2e): it remembers the logarithm of the light at
  its last event, and sends ON or OFF when the present one differs by the contrast threshold. Light is computed at steps
  of time, only where something moves; between steps its logarithm is taken as linear, which gives each event its
  microsecond. Thresholds differ from pixel to pixel, a pixel is blind for a while after an event, some events come from
  nothing, and a few pixels never stop.
*/
export interface CameraOptions extends View {
  readonly seed: number;
  readonly movers: readonly Mover[];
  /** Contrast threshold: change of ln(light) for one event. */
  readonly contrast: number;
  /** Deviation of the threshold from pixel to pixel, as a share of it. */
  readonly mismatch: number;
  /** Blind time of a pixel after an event, in microseconds. */
  readonly refractoryUs: number;
  /** Events from nothing, per pixel and second. */
  readonly noiseHz: number;
  /** Pixels that send without cause, and how often each does in a second. */
  readonly hotPixels: number;
  readonly hotPixelHz: number;
  /** Seconds of motion at a time in microseconds of the sensor: a scene may stand still for a while. */
  readonly motionAt: (t: number) => number;
}

export interface Camera {
  /** The events of from <= t < to, in order of time; whole microseconds. The columns are valid until the next call. */
  advance(from: number, to: number): Events;
}

/** Rectangle of pixels; right and bottom are not part of it. */
interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function camera(options: CameraOptions): Camera {
  const { width, height, movers, refractoryUs, motionAt } = options;
  const random = sfc32(options.seed);
  const pixels = width * height;
  const backdrop = paintBackdrop(options, random);
  const sprites = movers.map((mover, index) => spriteOf(mover, options.seed + index));
  const onStep = Float32Array.from({ length: pixels }, () => threshold(options, random));
  const offStep = Float32Array.from({ length: pixels }, () => threshold(options, random));
  const light = new Float32Array(pixels);
  /** ln(light) now, and at the last event. */
  const level = new Float32Array(pixels);
  const memory = new Float32Array(pixels);
  const blindUntil = new Float64Array(pixels);
  const hot = Uint32Array.from({ length: options.hotPixels }, () => Math.floor(random() * pixels));
  /** The blind time is part of the gap, so that the rate is the one asked for. */
  const hotGap = (): number => refractoryUs - Math.log(1 - random()) * Math.max(0, 1e6 / options.hotPixelHz - refractoryUs);
  const hotNext = Float64Array.from(hot, hotGap);
  const found = eventList();
  let poses = posesAt(0);

  const whole: Area = { left: 0, top: 0, right: width, bottom: height };
  paint(whole, poses);
  for (let i = 0; i < pixels; i++) {
    level[i] = Math.log(light[i]!);
    memory[i] = level[i]! + (random() - 0.5) * Math.min(onStep[i]!, offStep[i]!);
  }

  function posesAt(t: number): Pose[] {
    const seconds = motionAt(t);
    return movers.map((mover) => poseAt(mover, options, seconds));
  }

  /** The light of an area: the backdrop, and over it the movers in their order. */
  function paint({ left, top, right, bottom }: Area, now: readonly Pose[]): void {
    for (let y = top; y < bottom; y++) light.set(backdrop.subarray(y * width + left, y * width + right), y * width + left);
    now.forEach((pose, index) => {
      const sprite = sprites[index]!;
      const area = clipped(around(pose, sprite), { left, top, right, bottom });
      blend(light, width, area, sprite, pose);
    });
  }

  /** Sends what the change of light in an area between two moments causes. */
  function sense({ left, top, right, bottom }: Area, from: number, to: number): void {
    for (let y = top; y < bottom; y++) {
      for (let x = left, i = y * width + left; x < right; x++, i++) {
        const now = Math.fround(Math.log(light[i]!));
        const before = level[i]!;
        if (now === before) continue;
        const change = now - memory[i]!;
        level[i] = now;
        const p = change > 0 ? 1 : 0;
        const size = p === 1 ? onStep[i]! : offStep[i]!;
        const crossings = Math.floor(Math.abs(change) / size);
        if (crossings === 0) continue;
        const slope = (to - from) / (now - before);
        for (let n = 0; n < crossings; n++) {
          memory[i] = memory[i]! + (p === 1 ? size : -size);
          const t = Math.min(to - 1, Math.max(from, Math.floor(from + (memory[i]! - before) * slope)));
          if (t < blindUntil[i]!) continue;
          blindUntil[i] = t + refractoryUs;
          found.add(t, x, y, p);
        }
      }
    }
  }

  const send = (pixel: number, t: number, onShare: number): void => {
    if (t < blindUntil[pixel]!) return;
    blindUntil[pixel] = t + refractoryUs;
    found.add(t, pixel % width, Math.floor(pixel / width), random() < onShare ? 1 : 0);
  };

  function addNoise(from: number, to: number): void {
    for (let n = poisson(random, (options.noiseHz * pixels * (to - from)) / 1e6); n > 0; n--)
      send(Math.floor(random() * pixels), from + Math.floor(random() * (to - from)), 0.6);
    for (const [index, pixel] of hot.entries())
      for (; hotNext[index]! < to; hotNext[index]! += hotGap()) send(pixel, Math.floor(hotNext[index]!), 0.9);
  }

  return {
    advance(from, to) {
      found.clear();
      const next = posesAt(to);
      const moved = poses.flatMap((pose, index) => {
        const then = next[index]!;
        if (pose.x === then.x && pose.y === then.y && pose.angle === then.angle) return [];
        return [clipped(united(around(pose, sprites[index]!), around(then, sprites[index]!)), whole)];
      });
      for (const area of disjoint(moved.filter(({ left, top, right, bottom }) => left < right && top < bottom))) {
        paint(area, next);
        sense(area, from, to);
      }
      poses = next;
      addNoise(from, to);
      return found.inOrder(from, to);
    },
  };
}

const threshold = ({ contrast, mismatch }: CameraOptions, random: Random): number =>
  contrast * Math.max(0.3, 1 + mismatch * normal(random));

/** A wall with soft spots and a light from the upper left: what stands still shows only where a mover uncovers it. */
function paintBackdrop({ width, height }: View, random: Random): Float32Array {
  const cell = Math.max(8, Math.round(Math.min(width, height) / 12));
  const across = Math.ceil(width / cell) + 2;
  const spots = Float32Array.from({ length: across * (Math.ceil(height / cell) + 2) }, () => random());
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [u, v] = [x / cell, y / cell];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [u - column, v - row];
    const at = row * across + column;
    const upper = spots[at]! * (1 - a) + spots[at + 1]! * a;
    const lower = spots[at + across]! * (1 - a) + spots[at + across + 1]! * a;
    return 0.25 + 0.2 * (upper * (1 - b) + lower * b) + 0.1 * (1 - (x / width + y / height) / 2);
  });
}

/** Lays a sprite over the light of an area, turned and at a place between pixels. */
function blend(light: Float32Array, width: number, { left, top, right, bottom }: Area, sprite: Sprite, { x, y, angle }: Pose): void {
  const { radius, side, cover, light: shine } = sprite;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const last = side - 1;
  for (let row = top; row < bottom; row++) {
    let u = cos * (left - x) + sin * (row - y) + radius;
    let v = cos * (row - y) - sin * (left - x) + radius;
    for (let column = left; column < right; column++, u += cos, v -= sin) {
      if (u < 0 || v < 0 || u >= last || v >= last) continue;
      const at = (v | 0) * side + (u | 0);
      const a = u - (u | 0);
      const b = v - (v | 0);
      const w00 = (1 - a) * (1 - b);
      const w10 = a * (1 - b);
      const w01 = (1 - a) * b;
      const w11 = a * b;
      const covered = cover[at]! * w00 + cover[at + 1]! * w10 + cover[at + side]! * w01 + cover[at + side + 1]! * w11;
      if (covered === 0) continue;
      const lit = shine[at]! * w00 + shine[at + 1]! * w10 + shine[at + side]! * w01 + shine[at + side + 1]! * w11;
      const pixel = row * width + column;
      light[pixel] = light[pixel]! * (1 - covered) + lit;
    }
  }
}

/** The pixels that a sprite touches, one more on each side for its soft edge. */
function around({ x, y, angle }: Pose, { halfWidth, halfHeight }: Sprite): Area {
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  const across = cos * halfWidth + sin * halfHeight + 1;
  const down = sin * halfWidth + cos * halfHeight + 1;
  return { left: Math.floor(x - across), top: Math.floor(y - down), right: Math.ceil(x + across) + 1, bottom: Math.ceil(y + down) + 1 };
}

const clipped = (area: Area, by: Area): Area => ({
  left: Math.max(area.left, by.left),
  top: Math.max(area.top, by.top),
  right: Math.min(area.right, by.right),
  bottom: Math.min(area.bottom, by.bottom),
});

const united = (a: Area, b: Area): Area => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

/** The same pixels as areas that do not overlap, so that each pixel is sensed once. */
function disjoint(areas: readonly Area[]): Area[] {
  const done: Area[] = [];
  for (let area of areas) {
    for (let i = 0; i < done.length; i++) {
      const other = done[i]!;
      if (area.left >= other.right || other.left >= area.right || area.top >= other.bottom || other.top >= area.bottom) continue;
      area = united(area, other);
      done.splice(i, 1);
      i = -1;
    }
    done.push(area);
  }
  return done;
}

/** Collects events and gives them out sorted by time. */
function eventList(): {
  add: (t: number, x: number, y: number, p: number) => void;
  clear: () => void;
  inOrder: (from: number, to: number) => Events;
} {
  let events = makeEvents(4096);
  let sorted = makeEvents(4096);
  let length = 0;
  return {
    add(t, x, y, p) {
      if (length === events.t.length) events = grown(events);
      events.t[length] = t;
      events.x[length] = x;
      events.y[length] = y;
      events.p[length++] = p;
    },
    clear() {
      length = 0;
    },
    /** A counting sort: a step is a few thousand microseconds long. */
    inOrder(from, to) {
      if (sorted.t.length < length) sorted = makeEvents(events.t.length);
      const next = new Uint32Array(to - from + 1);
      for (let i = 0; i < length; i++) next[events.t[i]! - from + 1]!++;
      for (let i = 1; i < next.length; i++) next[i]! += next[i - 1]!;
      for (let i = 0; i < length; i++) {
        const at = next[events.t[i]! - from]!++;
        sorted.t[at] = events.t[i]!;
        sorted.x[at] = events.x[i]!;
        sorted.y[at] = events.y[i]!;
        sorted.p[at] = events.p[i]!;
      }
      sorted.length = length;
      return sorted;
    },
  };
}

function grown(events: ReturnType<typeof makeEvents>): ReturnType<typeof makeEvents> {
  const more = makeEvents(events.t.length * 2);
  more.t.set(events.t);
  more.x.set(events.x);
  more.y.set(events.y);
  more.p.set(events.p);
  return more;
}
