import type { Events } from '../../decode/events.ts';
import { sfc32 } from '../../random.ts';
import { type Area, clipped, disjoint, united } from './area.ts';
import { eventList } from './eventList.ts';
import { type Mover, type Pose, type View, poseAt } from './mover.ts';
import { type NoiseOptions, noise } from './noise.ts';
import { PixelArray } from './pixelArray.ts';
import { SceneLight } from './sceneLight.ts';

export interface CameraOptions extends View, NoiseOptions {
  readonly seed: number;
  readonly movers: readonly Mover[];
  /** Seconds of motion at a time in microseconds of the sensor: a scene may stand still for a while. */
  readonly motionAt: (t: number) => number;
}

export interface Camera {
  /** The events of from <= t < to, in order of time; whole microseconds. The columns are valid until the next call. */
  advance(from: number, to: number): Events;
}

/** A simulated event camera before a scene of movers. The random numbers are drawn in a fixed order: a seed gives the same events. */
export function camera(options: CameraOptions): Camera {
  const { width, height, movers, seed, motionAt } = options;
  const random = sfc32(seed);
  const scene = new SceneLight(options, movers, seed, random);
  const pixels = new PixelArray(options, random);
  const addNoise = noise(options, random);
  const found = eventList();
  const whole: Area = { left: 0, top: 0, right: width, bottom: height };
  const posesAt = (t: number): Pose[] => {
    const seconds = motionAt(t);
    return movers.map((mover) => poseAt(mover, options, seconds));
  };
  /** Where the picture changes between two moments: each pixel in one area. */
  const changedAreas = (before: readonly Pose[], after: readonly Pose[]): Area[] => {
    const moved = before.flatMap((pose, index) => {
      const next = after[index]!;
      if (pose.x === next.x && pose.y === next.y && pose.angle === next.angle) return [];
      return [clipped(united(scene.areaOf(index, pose), scene.areaOf(index, next)), whole)];
    });
    return disjoint(moved.filter(({ left, top, right, bottom }) => left < right && top < bottom));
  };

  let poses = posesAt(0);
  scene.paint(whole, poses);
  pixels.start(scene.light, random);
  return {
    advance(from, to) {
      found.clear();
      const next = posesAt(to);
      for (const area of changedAreas(poses, next)) {
        scene.paint(area, next);
        pixels.sense(scene.light, area, from, to, found);
      }
      poses = next;
      addNoise(from, to, pixels, found);
      return found.inOrder(from, to);
    },
  };
}
