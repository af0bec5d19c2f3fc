import type { Surface } from './surface.ts';

/** A connected blob of activity. Numbers are in cells of the grid. */
export interface Blob {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Centre of its active cells. */
  readonly x: number;
  readonly y: number;
  readonly active: number;
  readonly events: number;
  readonly on: number;
}

const TILE = 4;
/** Active cells from which a tile belongs to a blob. */
const ACTIVE_IN_TILE = 2;
/** Active cells of the smallest blob: smaller ones are taken for noise. */
const SMALLEST = 14;

export interface Blobs {
  readonly blobs: readonly Blob[];
  /** Number of the blob at a cell of the grid; -1 outside all blobs. */
  readonly at: (x: number, y: number) => number;
}

/** Connected components of active tiles, also over a gap of one tile. */
export function findBlobs({ width, height, counts, onCounts }: Surface): Blobs {
  const columns = Math.ceil(width / TILE);
  const rows = Math.ceil(height / TILE);
  const active = new Uint16Array(columns * rows);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) if (counts[y * width + x]! > 0) active[(y >> 2) * columns + (x >> 2)]! += 1;
  }
  const labels = new Int16Array(columns * rows).fill(-1);
  const sizes: number[] = [];
  for (let tile = 0; tile < labels.length; tile += 1) {
    if (labels[tile] !== -1 || active[tile]! < ACTIVE_IN_TILE) continue;
    const size = flood(active, labels, columns, rows, tile, sizes.length);
    sizes.push(size);
  }
  const numbers = new Map<number, number>();
  for (const [label, size] of sizes.entries()) if (size >= SMALLEST) numbers.set(label, numbers.size);
  const at = (x: number, y: number): number => numbers.get(labels[(y >> 2) * columns + (x >> 2)]!) ?? -1;
  return { blobs: measured(numbers.size, width, height, counts, onCounts, at), at };
}

function flood(active: Uint16Array, labels: Int16Array, columns: number, rows: number, from: number, label: number): number {
  const open = [from];
  labels[from] = label;
  let size = 0;
  for (let tile = open.pop(); tile !== undefined; tile = open.pop()) {
    size += active[tile]!;
    const x = tile % columns;
    const y = (tile - x) / columns;
    for (let v = Math.max(0, y - 2); v <= Math.min(rows - 1, y + 2); v += 1) {
      for (let u = Math.max(0, x - 2); u <= Math.min(columns - 1, x + 2); u += 1) {
        const next = v * columns + u;
        if (labels[next] !== -1 || active[next]! < ACTIVE_IN_TILE) continue;
        labels[next] = label;
        open.push(next);
      }
    }
  }
  return size;
}

function measured(
  many: number,
  width: number,
  height: number,
  counts: Uint16Array,
  onCounts: Uint16Array,
  at: (x: number, y: number) => number,
): Blob[] {
  const sums = Array.from({ length: many }, () => ({
    left: Infinity,
    top: Infinity,
    right: -1,
    bottom: -1,
    x: 0,
    y: 0,
    active: 0,
    events: 0,
    on: 0,
  }));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const cell = y * width + x;
      if (counts[cell] === 0) continue;
      const sum = sums[at(x, y)];
      if (!sum) continue;
      sum.left = Math.min(sum.left, x);
      sum.right = Math.max(sum.right, x);
      sum.top = Math.min(sum.top, y);
      sum.bottom = Math.max(sum.bottom, y);
      sum.x += x;
      sum.y += y;
      sum.active += 1;
      sum.events += counts[cell]!;
      sum.on += onCounts[cell]!;
    }
  }
  return sums.map((sum) => ({ ...sum, x: sum.x / sum.active, y: sum.y / sum.active }));
}
