import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';

/** The calls that can be made to fail; `name` is rename and unlink, `write` also the cutting of a file. */
export const faultKinds = ['open', 'read', 'write', 'sync', 'name'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Calls of one kind fail with `error` after `after` of them, `count` times. */
export interface Fault {
  readonly after: number;
  readonly count: number;
  readonly error: keyof typeof constants.errno;
}

/** What the shim is asked to do. */
export interface Faults {
  /** Bytes that files may grow by. @default without end */
  readonly spaceLeft?: number;
  /** So many of 1000 writes are short. @default 0 */
  readonly shortPermille?: number;
  /** The call at which the process kills itself. @default none */
  readonly killAt?: number;
  readonly faults?: Readonly<Partial<Record<FaultKind, Fault>>>;
}

/** What the shim has seen and done. */
export interface Seen {
  readonly calls: number;
  readonly shorted: number;
  readonly spaceErrors: number;
  /** Calls of each kind, and those that failed. */
  readonly seen: Readonly<Record<FaultKind, number>>;
  readonly struck: Readonly<Record<FaultKind, number>>;
}

/** A file of 64-bit integers that faultShim.c maps into its memory (`struct control`). */
export interface ControlPage {
  readonly path: string;
  /** The time of day of the process jumps to so many hours from that of the machine. */
  readonly shiftClock: (hours: number) => void;
  /** From now on each sync takes so long. */
  readonly slowSyncs: (ms: number) => void;
  readonly read: () => Seen;
}

const FIELDS = 9;
const FIELDS_OF_FAULT = 5;
const BYTES = 8 * (FIELDS + FIELDS_OF_FAULT * faultKinds.length);

export function controlPage(
  path: string,
  seed: number,
  { spaceLeft = -1, shortPermille = 0, killAt = 0, faults = {} }: Faults,
): ControlPage {
  const ofKinds = faultKinds.flatMap((kind) => {
    const { after, count, error } = faults[kind] ?? { after: 0, count: 0, error: 'EIO' };
    return [after, count, constants.errno[error], 0, 0];
  });
  writeFileSync(path, BigInt64Array.from([0, spaceLeft, shortPermille, seed, killAt, 0, 0, 0, 0, ...ofKinds].map(BigInt)));
  const set = (field: number, value: bigint): void => {
    const file = openSync(path, 'r+');
    writeSync(file, BigInt64Array.of(value), 0, 8, field * 8);
    closeSync(file);
  };
  return {
    path,
    shiftClock: (hours) => set(0, BigInt(hours) * 3_600_000_000_000n),
    slowSyncs: (ms) => set(8, BigInt(ms)),
    read() {
      const fields = new BigInt64Array(BYTES / 8);
      const file = openSync(path, 'r');
      readSync(file, fields, 0, BYTES, 0);
      closeSync(file);
      const at = (n: number): number => Number(fields[n]);
      const ofKind = (field: number): Record<FaultKind, number> =>
        Object.fromEntries(faultKinds.map((kind, n) => [kind, at(FIELDS + n * FIELDS_OF_FAULT + field)])) as Record<FaultKind, number>;
      return { calls: at(5), shorted: at(6), spaceErrors: at(7), struck: ofKind(3), seen: ofKind(4) };
    },
  };
}
