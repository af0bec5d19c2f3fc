/** Numbers that look random and are the same for the same seed, so that a simulated recording can be made again. */
export interface Random {
  /** Evenly spread over 0 <= n < 1. */
  (): number;
  /** Normal distribution, mean 0, deviation 1. */
  normal(): number;
  /** How often something happens that is expected `mean` times. */
  poisson(mean: number): number;
}

/** sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and passes the usual tests. */
export function randomOf(seed: number): Random {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let step = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + step) | 0;
    step = (step + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();

  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const poisson = (mean: number): number => {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let drawn = 0;
    for (let product = next(); product > Math.exp(-mean); product *= next()) drawn++;
    return drawn;
  };
  return Object.assign(next, { normal, poisson });
}
