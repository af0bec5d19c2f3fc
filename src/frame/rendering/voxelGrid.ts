import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { EventWindow } from '../eventWindow.ts';

export interface VoxelGridOptions {
  /** Slices of time. @default 5 */
  bins?: number;
}

/** A window as numbers for training. It is not a picture, so this is no renderer. */
export interface VoxelGrid {
  readonly bins: number;
  readonly height: number;
  readonly width: number;
  /** Bin by bin, row by row. */
  readonly data: Float32Array;
}

const schema = z.strictObject({ bins: z.int().min(1).max(256).default(5) });

/**
 * The voxel grid of Zhu 2019: with t* = (bins - 1)(t - start)/(end - start), an event adds ±max(0, 1 - |b - t*|) to bin b
 * of its pixel. (The event cube of openeb and E2VID place their bins differently.)
 */
export function voxelGrid(window: EventWindow, options: VoxelGridOptions = {}): VoxelGrid {
  const { bins } = readOptions('voxelGrid', schema, options);
  const { width, height, start, end, slices } = window;
  const size = width * height;
  const data = new Float32Array(bins * size);
  const scale = (bins - 1) / (end - start);
  for (const { events, from, to } of slices) {
    const { t, x, y, p } = events;
    for (let i = from; i < to; i++) {
      const at = (t[i]! - start) * scale;
      const bin = Math.floor(at);
      const share = at - bin;
      const sign = 2 * p[i]! - 1;
      const pixel = bin * size + y[i]! * width + x[i]!;
      data[pixel]! += sign * (1 - share);
      if (share > 0) data[pixel + size]! += sign * share;
    }
  }
  return { bins, height, width, data };
}
