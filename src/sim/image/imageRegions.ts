/** A connected region of an image. */
export interface ImageRegion {
  /** Centre, 0 to 1 from the left and from the top. */
  readonly x: number;
  readonly y: number;
  /** Size as a share of the image's width and height. */
  readonly width: number;
  readonly height: number;
  /** Share of all pixels that differ from the background. */
  readonly share: number;
  /** Direction from the darker to the lighter half: -1 to 1 in x and y; 0, 0 where the tones are mixed. */
  readonly lean: { readonly x: number; readonly y: number };
}

/** Cells across in which pixels are counted, so that noise of single pixels does not matter. */
const CELLS_ACROSS = 24;

/**
 * Connected components of cells with more pixels than average; each cell has eight neighbours.
 * @param luma of each pixel
 * @param lit indices of the pixels that differ from the background
 * @param middle luma between the darker and the lighter tone
 */
export function imageRegions(
  luma: Int16Array,
  lit: readonly number[],
  middle: number,
  width: number,
  height: number,
): readonly ImageRegion[] {
  const size = Math.max(1, width / CELLS_ACROSS);
  const across = Math.ceil(width / size);
  const down = Math.ceil(height / size);
  const counts = new Float64Array(across * down);
  const cellOf = (i: number): number => Math.floor(Math.floor(i / width) / size) * across + Math.floor((i % width) / size);
  for (const i of lit) counts[cellOf(i)]!++;
  const mean = lit.length / counts.length;
  const enough = Math.max(size * size * 0.06, mean * 1.2);
  const labels = labelled(counts, across, down, enough);
  return measured(luma, lit, middle, width, height, (i) => labels[cellOf(i)]!);
}

/** The number of the connected component of each cell, from 1; 0 for cells with too few pixels. */
function labelled(counts: Float64Array, across: number, down: number, enough: number): Uint16Array {
  const label = new Uint16Array(counts.length);
  let labels = 0;
  const open: number[] = [];
  for (let start = 0; start < counts.length; start++) {
    if (label[start] !== 0 || counts[start]! < enough) continue;
    label[start] = ++labels;
    open.push(start);
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x: number = (cell % across) + dx;
          const y: number = Math.floor(cell / across) + dy;
          const next = y * across + x;
          if (x < 0 || y < 0 || x >= across || y >= down || label[next] !== 0 || counts[next]! < enough) continue;
          label[next] = labels;
          open.push(next);
        }
      }
    }
  }
  return label;
}

interface Sums {
  n: number;
  x: number;
  y: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  lighter: { n: number; x: number; y: number };
}

function measured(
  luma: Int16Array,
  lit: readonly number[],
  middle: number,
  width: number,
  height: number,
  regionOf: (pixel: number) => number,
): readonly ImageRegion[] {
  const regions = new Map<number, Sums>();
  for (const i of lit) {
    const region = regionOf(i);
    if (region === 0) continue;
    let sums = regions.get(region);
    if (!sums)
      regions.set(region, (sums = { n: 0, x: 0, y: 0, left: width, right: 0, top: height, bottom: 0, lighter: { n: 0, x: 0, y: 0 } }));
    add(sums, i % width, Math.floor(i / width), luma[i]! > middle);
  }
  return [...regions.values()]
    .filter((sums) => sums.n >= lit.length * 0.04)
    .toSorted((a, b) => b.n - a.n || a.x / a.n - b.x / b.n)
    .slice(0, 8)
    .map((sums) => ({
      x: (sums.x / sums.n + 0.5) / width,
      y: (sums.y / sums.n + 0.5) / height,
      width: (sums.right - sums.left + 1) / width,
      height: (sums.bottom - sums.top + 1) / height,
      share: sums.n / lit.length,
      lean: leanOf(sums),
    }));
}

function add(sums: Sums, x: number, y: number, lighter: boolean): void {
  sums.n++;
  sums.x += x;
  sums.y += y;
  sums.left = Math.min(sums.left, x);
  sums.right = Math.max(sums.right, x);
  sums.top = Math.min(sums.top, y);
  sums.bottom = Math.max(sums.bottom, y);
  if (!lighter) return;
  sums.lighter.n++;
  sums.lighter.x += x;
  sums.lighter.y += y;
}

function leanOf({ n, x, y, left, right, top, bottom, lighter }: Sums): ImageRegion['lean'] {
  const darker = n - lighter.n;
  if (lighter.n < n * 0.15 || darker < n * 0.15) return { x: 0, y: 0 };
  const across = lighter.x / lighter.n - (x - lighter.x) / darker;
  const down = lighter.y / lighter.n - (y - lighter.y) / darker;
  return { x: across / Math.max(1, right - left), y: down / Math.max(1, bottom - top) };
}
