import type { Latency } from '../options/simulatorOptions.ts';

/** Standard normal quantiles of 0.5, 0.9, 0.95 and 0.99. */
const quantiles = { p50Ms: 0, p90Ms: 1.2816, p95Ms: 1.6449, p99Ms: 2.3263 } as const;

/**
 * The latency at `u` in [0, 1), in simulated milliseconds. Straight lines through the given percentiles in (normal quantile, log latency): with two
 * points that is the lognormal distribution itself. Cut at twice the highest percentile given, so that a tail cannot hang a test.
 */
export function latencyAt(latency: Latency, u: number, outputTokens: number): number {
  const decode = latency.perOutputTokenMs * outputTokens;
  if (latency.p50Ms === 0) return decode;
  const points = Object.entries(quantiles).flatMap(([name, z]) => {
    const ms = latency[name as keyof typeof quantiles];
    return ms === undefined ? [] : [{ z, log: Math.log(Math.max(ms, 1e-3)) }];
  });
  const last = points.at(-1)!;
  if (points.length === 1) return latency.p50Ms + decode;
  const z = normalQuantile(Math.min(Math.max(u, 1e-6), 1 - 1e-6));
  // Below the median the curve is the mirror of its first part above it.
  const at = points.findIndex((point, i) => i > 0 && Math.abs(z) <= point.z);
  const index = z < 0 ? 1 : at === -1 ? points.length - 1 : at;
  const [from, to] = [points[index - 1]!, points[index]!];
  const log = from.log + ((z - from.z) / (to.z - from.z)) * (to.log - from.log);
  return Math.min(Math.exp(log), 2 * Math.exp(last.log)) + decode;
}

/** Acklam's rational approximation; relative error below 1.2e-9. */
function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1)
  );
}
