import type { Seen } from './controlPage.ts';
import type { SecondWriter } from './disturb.ts';
import type { Disturbance } from './disturbances.ts';
import { isClear } from './explainEnd.ts';
import type { Inspection } from './inspectFiles.ts';
import type { Ended } from './startProcess.ts';

/** Ways in which a promise is broken. */
export const faultsFound = ['lost', 'doubled', 'unreadable', 'different', 'paidTwice', 'admitted', 'unclear'] as const;
export type FaultFound = (typeof faultsFound)[number];

/** What came of all rounds so far. */
export interface Counts extends Record<FaultFound, number> {
  rounds: number;
  processes: number;
  acked: number;
  /** Processes that each disturbance befell, and those that it reached: whose call failed, or that ended with it. */
  readonly disturbances: Record<string, number>;
  readonly struck: Record<string, number>;
  powerFailures: number;
  /** Files that a power failure changed or took away. */
  filesUndone: number;
  /** Second processes on one output that were turned away. */
  refused: number;
  readonly failures: string[];
}

export interface Tally {
  readonly counts: Counts;
  /** Begins a round; its failures have its name. */
  readonly begin: (name: string) => void;
  readonly process: (disturbance: Disturbance, reached: boolean, seen: Seen, ended: Ended) => void;
  readonly second: (second: SecondWriter) => void;
  readonly powerFailure: (changed: readonly string[]) => void;
  readonly inspected: (found: Inspection, acked: number) => void;
  readonly paidTwice: (pictures: readonly string[]) => void;
  /** One fault; the same one counts once in a round. */
  readonly note: (kind: FaultFound, what: string | undefined) => void;
  /** Ends a round. Returns a line for each kind of fault that was found in it. */
  readonly end: () => readonly string[];
}

const KEPT_FAILURES = 60;
const REFUSAL = /another|already|in use|lock|writ/i;

/** Failures are told without the paths of the machine: these are `hidden`. */
export function makeTally(hidden: readonly string[] = []): Tally {
  const none = Object.fromEntries(faultsFound.map((kind) => [kind, 0])) as Record<FaultFound, number>;
  const counts: Counts = {
    rounds: 0,
    processes: 0,
    acked: 0,
    ...none,
    powerFailures: 0,
    filesUndone: 0,
    refused: 0,
    disturbances: {},
    struck: {},
    failures: [],
  };
  let name = '';
  let path: string[] = [];
  let ackedInRound = 0;
  let noted = new Map<string, string[]>();

  const told = (what: string): string => hidden.reduce((text, part) => text.replaceAll(part, ''), what).replaceAll(/\s+/g, ' ');
  const note: Tally['note'] = (kind, what) => {
    const already = noted.get(kind) ?? [];
    if (what === undefined || already.includes(what)) return;
    noted.set(kind, [...already, what]);
    counts[kind]++;
  };
  return {
    counts,
    begin(round) {
      [name, path, ackedInRound, noted] = [round, [], 0, new Map()];
      counts.rounds++;
    },
    process({ name: disturbance, powerFails }, reached, seen, { code }) {
      counts.processes++;
      path.push(powerFails ? `${disturbance} and power` : disturbance);
      add(counts.disturbances, disturbance);
      const failed = Object.values(seen.struck).some((n) => n > 0) || seen.shorted + seen.spaceErrors > 0;
      if (failed || reached || code !== 0) add(counts.struck, disturbance);
    },
    second({ ended, acked, wasThere }) {
      const { code, stderr } = ended;
      if (acked > 0 || (wasThere && code === 0))
        return note('admitted', `a second process wrote ${acked} records on the same output and ended with ${code}`);
      if (code === 0) return undefined;
      counts.refused++;
      if (!isClear(stderr)) note('unclear', `the second process says nothing clear: ${stderr.trim().slice(-300)}`);
      else if (!REFUSAL.test(stderr)) note('unclear', `the second process does not say why it ends: ${stderr.trim().slice(-300)}`);
    },
    powerFailure(changed) {
      counts.powerFailures++;
      counts.filesUndone += changed.length;
    },
    inspected({ lost, doubled, unreadable }, acked) {
      counts.acked += acked - ackedInRound;
      ackedInRound = acked;
      for (const [kind, whats] of Object.entries({ lost, doubled, unreadable })) for (const what of whats) note(kind as FaultFound, what);
    },
    paidTwice(pictures) {
      for (const picture of pictures) note('paidTwice', `picture ${picture}`);
    },
    note,
    end() {
      const lines = [...noted].map(([kind, whats]) => `${name} (${path.join(', ')}): ${whats.length} ${kind}: ${told(whats[0]!)}`);
      counts.failures.push(...lines.slice(0, KEPT_FAILURES - counts.failures.length));
      return lines;
    },
  };
}

const add = (to: Record<string, number>, key: string): void => void (to[key] = (to[key] ?? 0) + 1);
