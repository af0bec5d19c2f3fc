/** The largest of the times `from` up to, not including, `to`. */
export function latest(t: Float64Array, from: number, to: number): number {
  let lastT = -Infinity;
  for (let i = from; i < to; i++) if (t[i]! > lastT) lastT = t[i]!;
  return lastT;
}
