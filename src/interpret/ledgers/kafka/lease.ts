import { setTimeout as sleep } from 'node:timers/promises';

/*
  Who is there, without trust in anybody's clock. Each instance says in a log that it is there, BEATS times in a lease.

  Of itself an instance counts from when it sent the last word that the broker took: after CALLING of the lease it begins
  nothing more. Of others it counts in its own words that the broker took since it heard them: so it takes nobody for dead
  while it was out of touch itself, frozen, or the broker away. Words are a beat apart at least, so what it takes for dead
  has said nothing for a whole lease, and has long ceased to begin anything.
*/

const BEATS = 5;
/** Share of the lease for which an instance trusts its own last word. */
const CALLING = 3 / 5;

export interface Lease {
  /** Changes with each lapse: what was allowed in one term is not in the next. Undefined while lapsed. */
  term(): number | undefined;
  /** How many of our words the broker took. */
  beat(): number;
  /** Notes a word of another. @param leaseMs how long it counts */
  heard(owner: string, leaseMs: number): void;
  /** Another said that it ends. */
  gone(owner: string): void;
  /** Whether nothing was heard of it for a whole lease, as of a beat of ours. One never heard of counts from our beginning. */
  isDead(owner: string, beat: number): boolean;
  /** Ends our words; resolves when none is on its way. */
  close(): Promise<void>;
}

/** Resolves when the broker took our first word. @param say resolves when the broker took it */
export async function makeLease(leaseMs: number, say: () => Promise<void>): Promise<Lease> {
  const beatMs = leaseMs / BEATS;
  const others = new Map<string, { readonly beat: number; readonly leaseMs: number }>();
  const end = new AbortController();
  let beats = 0;
  let term = 0;
  let last: Moment | undefined;

  const isLapsed = (): boolean => last === undefined || sinceMs(last) >= leaseMs * CALLING;
  const sayIt = async (): Promise<void> => {
    const sent = moment();
    await say();
    if (isLapsed()) term++;
    last = sent;
    beats++;
  };
  const beating = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await sleep(beatMs, undefined, { signal: end.signal }).catch(() => {});
      if (!end.signal.aborted) await sayIt().catch(() => {});
    }
  };
  await sayIt();
  const ended = beating();

  return {
    term: () => (isLapsed() ? undefined : term),
    beat: () => beats,
    heard: (owner, itsLeaseMs) => void others.set(owner, { beat: beats, leaseMs: itsLeaseMs }),
    gone: (owner) => void others.set(owner, { beat: -Infinity, leaseMs: 0 }),
    isDead(owner, beat) {
      const heard = others.get(owner) ?? { beat: 0, leaseMs };
      return (beat - heard.beat - 1) * beatMs >= heard.leaseMs;
    },
    async close() {
      end.abort();
      await ended;
    },
  };
}

interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

const moment = (): Moment => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** The longer by either clock: one stands still while a machine sleeps, the other can be set back. */
const sinceMs = ({ monotonicMs, wallMs }: Moment): number => Math.max(performance.now() - monotonicMs, Date.now() - wallMs);
