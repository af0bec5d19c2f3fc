import type { Random } from '../../random.ts';
import { type Area, clipped } from './area.ts';
import type { Mover, Pose, View } from './mover.ts';
import { type Sprite, spriteOf } from './sprite.ts';

/** The light that each pixel of a camera receives from a scene: a backdrop, and over it the movers in their order. */
export class SceneLight {
  /** Row by row, 0 (black) to 1 (white). */
  readonly light: Float32Array;
  readonly #width: number;
  readonly #backdrop: Float32Array;
  readonly #sprites: readonly Sprite[];

  constructor(view: View, movers: readonly Mover[], seed: number, random: Random) {
    this.#width = view.width;
    this.#backdrop = paintBackdrop(view, random);
    this.#sprites = movers.map((mover, index) => spriteOf(mover, seed + index));
    this.light = new Float32Array(view.width * view.height);
  }

  /** Paints an area of the scene again. @param poses of the movers, in their order */
  paint(area: Area, poses: readonly Pose[]): void {
    const { left, top, right, bottom } = area;
    const width = this.#width;
    for (let y = top; y < bottom; y++) this.light.set(this.#backdrop.subarray(y * width + left, y * width + right), y * width + left);
    poses.forEach((pose, index) => {
      blend(this.light, width, clipped(this.areaOf(index, pose), area), this.#sprites[index]!, pose);
    });
  }

  /** The pixels that a mover touches, one more on each side for its soft edge. */
  areaOf(mover: number, { x, y, angle }: Pose): Area {
    const { halfWidth, halfHeight } = this.#sprites[mover]!;
    const cos = Math.abs(Math.cos(angle));
    const sin = Math.abs(Math.sin(angle));
    const across = cos * halfWidth + sin * halfHeight + 1;
    const down = sin * halfWidth + cos * halfHeight + 1;
    return { left: Math.floor(x - across), top: Math.floor(y - down), right: Math.ceil(x + across) + 1, bottom: Math.ceil(y + down) + 1 };
  }
}

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
