import type { Mover, View } from './mover.ts';

/** The scenes that have a name, for a view of any size. */
export const scenes = {
  /** A disc, a striped square and a bar that cross each other's way: most of what a captioner must distinguish. */
  shapes: ({ width, height }: View): Mover[] => {
    const unit = Math.min(width, height);
    return [
      { name: 'disc', shape: 'disc', size: 0.26 * unit, brightness: 0.9, x: 0.2 * width, y: 0.3 * height, vx: 0.55 * unit, vy: 0 },
      {
        name: 'square',
        shape: 'square',
        size: 0.24 * unit,
        brightness: 0.75,
        texture: 'checks',
        x: 0.7 * width,
        y: 0.65 * height,
        vx: -0.3 * unit,
        vy: 0.22 * unit,
        spin: 0.25,
      },
      { name: 'bar', shape: 'bar', size: 0.5 * unit, brightness: 0.06, x: 0.5 * width, y: 0.5 * height, vx: 0.4 * unit, vy: 0.05 * unit },
    ];
  },
  /** One bright disc to the right: the simplest scene that is not empty. */
  single: ({ width, height }: View): Mover[] => {
    const unit = Math.min(width, height);
    return [{ name: 'disc', shape: 'disc', size: 0.3 * unit, brightness: 0.9, x: 0, y: 0.5 * height, vx: 0.4 * width, edge: 'wrap' }];
  },
  /** Boxes of several sizes on two lanes, to the left and to the right, that come and go. */
  traffic: ({ width, height }: View): Mover[] => {
    const unit = Math.min(width, height);
    return [
      {
        name: 'car',
        shape: 'square',
        size: 0.22 * unit,
        brightness: 0.85,
        texture: 'stripes',
        x: 0,
        y: 0.35 * height,
        vx: 0.5 * width,
        edge: 'wrap',
      },
      {
        name: 'van',
        shape: 'square',
        size: 0.32 * unit,
        brightness: 0.1,
        texture: 'stripes',
        x: 0.8 * width,
        y: 0.68 * height,
        vx: -0.35 * width,
        edge: 'wrap',
      },
      {
        name: 'cyclist',
        shape: 'triangle',
        size: 0.14 * unit,
        brightness: 0.7,
        texture: 'speckle',
        x: 0.4 * width,
        y: 0.88 * height,
        vx: 0.18 * width,
        edge: 'wrap',
      },
    ];
  },
  /** A cross that spins in its place and a ball around it. */
  spinner: ({ width, height }: View): Mover[] => {
    const unit = Math.min(width, height);
    return [
      { name: 'cross', shape: 'cross', size: 0.4 * unit, brightness: 0.85, x: 0.5 * width, y: 0.5 * height, spin: 0.8 },
      {
        name: 'ball',
        shape: 'disc',
        size: 0.12 * unit,
        brightness: 0.08,
        x: 0.5 * width,
        y: 0.5 * height,
        orbit: { radius: 0.36 * unit, turns: 0.4 },
      },
    ];
  },
  /** Nothing moves: all that comes is noise. */
  still: ({ width, height }: View): Mover[] => [
    { name: 'disc', shape: 'disc', size: 0.3 * Math.min(width, height), brightness: 0.9, x: 0.5 * width, y: 0.5 * height },
  ],
} as const satisfies Record<string, (view: View) => Mover[]>;

export type SceneName = keyof typeof scenes;
