/** Rectangle of pixels; right and bottom are not part of it. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The part of an area that lies in another. */
export const clipped = (area: Area, by: Area): Area => ({
  left: Math.max(area.left, by.left),
  top: Math.max(area.top, by.top),
  right: Math.min(area.right, by.right),
  bottom: Math.min(area.bottom, by.bottom),
});

/** The smallest area that contains both. */
export const united = (a: Area, b: Area): Area => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

/** The same pixels as areas that do not overlap, so that each pixel is sensed once. */
export function disjoint(areas: readonly Area[]): Area[] {
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
