import type { Fault, FaultKind, Faults, Seen } from './controlPage.ts';
import { type Draw, oneOf } from './draw.ts';

/** What happens to one process. */
export interface Disturbance {
  readonly name: DisturbanceName;
  /** What the shim does. */
  readonly faults: Faults;
  readonly openFiles?: number;
  readonly workerEnd?: string;
  readonly workers: number;
  /** After so many acks or milliseconds `action` happens; absent: nothing comes from outside. */
  readonly after?: { readonly acks: number } | { readonly ms: number };
  readonly action?: 'kill' | 'terminate' | 'terminateAndKill' | 'clock' | 'second' | 'overlap';
  /** Hours of the jumps of the clock. */
  readonly hours?: readonly number[];
  /** Whether the power fails when the process has ended. */
  readonly powerFails: boolean;
}

/** Called with what an undisturbed process does: how many calls of each kind, and acks. */
type Make = (draw: Draw, usual: Seen, acks: number) => Partial<Disturbance>;

const burst = (draw: Draw, kind: FaultKind, usual: Seen, errors: readonly Fault['error'][]): Faults => ({
  faults: {
    [kind]: { after: draw(Math.ceil(usual.seen[kind] * 1.1)), count: draw(3) === 0 ? 1_000_000 : 1 + draw(4), error: oneOf(draw, errors) },
  },
});

/** Each is drawn as often as any other. */
const makers = {
  /** SIGKILL at one call of those that touch files, also while the parts open and close. */
  killAtCall: (draw, usual) => ({ faults: { killAt: 1 + (draw(3) === 0 ? draw(60) : draw(Math.ceil(usual.calls * 1.05))) } }),
  /** SIGKILL at any moment. */
  kill: (draw, _usual, acks) => ({ action: 'kill', after: draw(2) === 0 ? { acks: draw(acks) } : { ms: 300 + draw(1500) } }),
  /** The machine goes down. */
  power: (draw, usual) => ({ faults: { killAt: 1 + draw(Math.ceil(usual.calls * 1.02)) }, powerFails: true }),
  terminate: (draw, _usual, acks) => ({
    action: oneOf(draw, ['terminate', 'terminateAndKill'] as const),
    after: draw(4) === 0 ? { ms: 100 + draw(900) } : { acks: draw(acks) },
  }),
  /** The disk is full for good, or for a moment: somebody makes space. */
  diskFull: (draw, usual) => ({ faults: draw(2) === 0 ? { spaceLeft: draw(60_000) } : burst(draw, 'write', usual, ['ENOSPC']) }),
  shortWrites: (draw) => ({
    faults: { shortPermille: 20 + draw(500) },
    ...(draw(2) === 0 && { action: 'kill', after: { acks: draw(100) } }),
  }),
  writeError: (draw, usual) => ({ faults: burst(draw, 'write', usual, ['EIO', 'EDQUOT', 'EROFS']) }),
  syncError: (draw, usual) => ({ faults: burst(draw, 'sync', usual, ['EIO', 'ENOSPC']) }),
  readError: (draw, usual) => ({ faults: burst(draw, 'read', usual, ['EIO']) }),
  openError: (draw, usual) => ({ faults: burst(draw, 'open', usual, ['EIO', 'EACCES', 'EMFILE', 'ENFILE', 'ENOMEM', 'EROFS']) }),
  nameError: (draw, usual) => ({ faults: burst(draw, 'name', usual, ['EIO', 'ENOSPC', 'EACCES']) }),
  fewFiles: (draw) => ({ openFiles: 18 + draw(24) }),
  clock: (draw, _usual, acks) => ({
    action: 'clock',
    after: { acks: draw(acks) },
    hours: Array.from({ length: 1 + draw(3) }, () => (1 + draw(72)) * (draw(2) === 0 ? 1 : -1)),
  }),
  worker: (draw) => ({ workers: 1 + draw(2), workerEnd: `${oneOf(draw, ['throw', 'exit'])} ${draw(400)}` }),
  second: (draw, _usual, acks) => ({ action: 'second', after: { acks: 1 + draw(Math.floor(acks / 2)) } }),
  overlap: (draw, _usual, acks) => ({ action: 'overlap', after: { acks: 1 + draw(Math.floor(acks / 2)) } }),
} as const satisfies Readonly<Record<string, Make>>;

export type DisturbanceName = keyof typeof makers | 'none';
export const disturbanceNames = Object.keys(makers) as (keyof typeof makers)[];

/** One process in four is followed by a power failure, whatever else happened to it. */
export const drawDisturbance = (draw: Draw, names: readonly (keyof typeof makers)[], usual: Seen, acks: number): Disturbance => {
  const name = oneOf(draw, names);
  const usually = { name, faults: {}, workers: draw(3) === 0 ? 1 : 0, powerFails: draw(4) === 0 };
  return { ...usually, ...(makers[name] as Make)(draw, usual, acks) };
};

export const undisturbed = (draw: Draw): Disturbance => ({ name: 'none', faults: {}, workers: draw(3) === 0 ? 1 : 0, powerFails: false });
