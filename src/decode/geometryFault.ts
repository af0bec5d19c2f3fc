/** The largest event sensors have 1280 x 960 pixels; this is room for four times as many and more, such as simulated video of 3840 x 2160. */
export const LARGEST_SENSOR_PIXELS = 2 ** 23;
/** Columns and rows of events are numbers of 16 bits. */
const LONGEST_SIDE = 65_536;

const isSide = (side: number): boolean => Number.isInteger(side) && side >= 0;

/** Why no sensor can have this size; undefined where one can. A side of 0 is one that is not known. */
export function geometryFault(
  { width, height }: { readonly width: number; readonly height: number },
  largestSensorPixels: number,
): string | undefined {
  if (!isSide(width) || !isSide(height)) return `a sensor of ${width} x ${height} pixels; give whole numbers, or 0 where it is not known`;
  if (Math.max(width, height) <= LONGEST_SIDE && width * height <= largestSensorPixels) return undefined;
  const limit = largestSensorPixels.toLocaleString('en');
  return `a sensor of ${width} x ${height} pixels is larger than any (at most ${limit} pixels); correct the size, or raise largestSensorPixels`;
}
