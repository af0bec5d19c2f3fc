import type { Pixels } from '../renderer.ts';

/** Pixels between two pictures. */
const GAP = 4;

/** Two pictures in one row (hconcat), with a white line between them; the lower one is aligned to the top. */
export function sideBySidePixels(left: Pixels, right: Pixels): Pixels {
  const channels = left.channels === 1 && right.channels === 1 ? 1 : 3;
  const width = left.width + GAP + right.width;
  const height = Math.max(left.height, right.height);
  const data = new Uint8Array(width * height * channels).fill(255);
  paste(left, data, { channels, width, from: 0 });
  paste(right, data, { channels, width, from: left.width + GAP });
  return { width, height, channels, data };
}

function paste(pixels: Pixels, data: Uint8Array, { channels, width, from }: { channels: 1 | 3; width: number; from: number }): void {
  for (let y = 0; y < pixels.height; y += 1) {
    let to = (y * width + from) * channels;
    for (let x = 0; x < pixels.width; x += 1) {
      const at = (y * pixels.width + x) * pixels.channels;
      for (let c = 0; c < channels; c += 1) data[to++] = pixels.data[pixels.channels === 1 ? at : at + c]!;
    }
  }
}
