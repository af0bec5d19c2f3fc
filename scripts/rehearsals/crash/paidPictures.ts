import type { Simulator } from '../../../src/sim/simulator.ts';
import type { AckedLine } from './sideDoor.ts';

/** Which pictures the simulated vendors answered. */
export interface PaidPictures {
  /** Before a process starts: what is acked now must not be asked for again. */
  readonly begin: (acked: readonly AckedLine[]) => { readonly paidAgain: () => string[] };
}

export function paidPictures({ journal }: Simulator): PaidPictures {
  let answered: string[] = [];
  journal.onEntry(({ imageSha256, outcome }) => {
    if (outcome === 'ok') answered.push(imageSha256);
  });
  return {
    begin(acked) {
      const known = new Set(acked.map(({ sha256 }) => sha256));
      answered = [];
      return { paidAgain: () => answered.filter((picture) => known.has(picture)) };
    },
  };
}
