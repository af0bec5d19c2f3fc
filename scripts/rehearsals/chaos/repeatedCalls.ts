import { say } from '../../../test/rig/report.ts';
import type { Rig } from '../../../test/rig/startRig.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { requestHash } from '../../../src/interpret/requestHash.ts';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';
import type { Timeline } from './timeline.ts';

/*
  A picture that was answered more than once: after an answer was safe in the ledger that is paying twice. While none was
  safe when the call was claimed, the call before it was in flight with a process that was killed or frozen. One that thaws may
  bring its answer when another has claimed the call, and is about to make it; that one must read the answer within CROSSING_MS.
*/
const CROSSING_MS = 1000;

export interface RepeatedCalls {
  readonly paidTwice: number;
  readonly unansweredInFlight: number;
  /** How many of each, by the action that they are put down to. */
  readonly paidTwiceAfter: Readonly<Record<string, number>>;
  readonly unansweredAfter: Readonly<Record<string, number>>;
}

/** When the first answer to each request was safe in the ledger, and when its calls were claimed, by the broker's clock. */
interface LedgerTimes {
  readonly safeAt: ReadonlyMap<string, number>;
  readonly claimedAt: ReadonlyMap<string, readonly number[]>;
}

/** `answeredAt` holds, for each picture, when its answered calls came in; in Unix milliseconds. */
export async function repeatedCalls(
  rig: Rig,
  captions: readonly CaptionRecord[],
  answeredAt: ReadonlyMap<string, readonly number[]>,
  { targets }: Captioner['plan'],
  timeline: Timeline,
): Promise<RepeatedCalls> {
  const { safeAt, claimedAt } = await ledgerTimes(rig);
  const [paidTwiceAfter, unansweredAfter]: Record<string, number>[] = [{}, {}];
  let [paidTwice, unansweredInFlight] = [0, 0];
  for (const { id, frame, promptHash } of captions) {
    const times = ((frame && answeredAt.get(frame.sha256)) ?? []).toSorted((one, two) => one - two);
    if (!frame || times.length < 2) continue;
    const request = { image: { sha256: frame.sha256 }, prompt: { hash: promptHash } } as Parameters<typeof requestHash>[0];
    const hashes = targets.map((target) => requestHash(request, target));
    const safe = Math.min(...hashes.map((hash) => safeAt.get(hash) ?? Infinity));
    const claims = hashes.flatMap((hash) => claimedAt.get(hash) ?? []);
    const isPaidTwice = (time: number): boolean => Math.max(...claims.filter((atMs) => atMs <= time)) > safe || time > safe + CROSSING_MS;
    const cause = timeline.causeOf(times[0]!, times.at(-1)!);
    if (times.slice(1).some(isPaidTwice)) {
      paidTwice++;
      add(paidTwiceAfter!, cause);
    } else {
      unansweredInFlight++;
      add(unansweredAfter!, cause);
      if (times.at(-1)! <= safe) continue;
    }
    const sinceFirst = (all: readonly number[]): string => all.map((ms) => Math.round(ms - times[0]!)).join(', ');
    say(`${id}: calls at ${sinceFirst(times)} ms, claims at ${sinceFirst(claims)} ms, safe at ${sinceFirst([safe])} ms, ${cause}`);
  }
  return { paidTwice, unansweredInFlight, paidTwiceAfter: paidTwiceAfter!, unansweredAfter: unansweredAfter! };
}

async function ledgerTimes(rig: Rig): Promise<LedgerTimes> {
  const safeAt = new Map<string, number>();
  const claimedAt = new Map<string, number[]>();
  await rig.eachMessage('ledger', ({ key, value, timestamp }) => {
    const name = key?.toString() ?? '';
    const atMs = Number(timestamp);
    if (/^[0-9a-f]{64}$/.test(name)) safeAt.set(name, Math.min(safeAt.get(name) ?? Infinity, atMs));
    else if (name.startsWith('intent ') && value?.includes('"id"')) {
      const hash = name.slice('intent '.length);
      claimedAt.set(hash, [...(claimedAt.get(hash) ?? []), atMs]);
    }
  });
  return { safeAt, claimedAt };
}

/** Counts one more under a name. */
export const add = (to: Record<string, number>, name: string): void => void (to[name] = (to[name] ?? 0) + 1);
