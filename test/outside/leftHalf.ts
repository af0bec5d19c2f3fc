import type { Filter } from 'saccade';

/** A filter: keeps the events of the left half of the sensor. */
export const leftHalf = (): Filter => ({
  name: 'leftHalf',
  params: {},
  start() {
    let dropped = 0;
    return {
      get dropped() {
        return dropped;
      },
      push({ length, t, x, y, p }, width) {
        const kept = [...x.subarray(0, length).keys()].filter((i) => x[i]! < width / 2);
        dropped += length - kept.length;
        return {
          length: kept.length,
          t: Float64Array.from(kept, (i) => t[i]!),
          x: Uint16Array.from(kept, (i) => x[i]!),
          y: Uint16Array.from(kept, (i) => y[i]!),
          p: Uint8Array.from(kept, (i) => p[i]!),
        };
      },
    };
  },
});
