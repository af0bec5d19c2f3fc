import { pause } from '../../../kafka/client/pause.ts';

/*
  Which instances are alive, without trust in any clock that they share. Each writes heartbeats to a log, BEATS in a lease.

  About itself an instance counts from when it sent the last heartbeat that the broker accepted: after CALLING of the lease it
  begins nothing more. About others it counts in its own heartbeats that the broker accepted since it read theirs: so it takes
  no instance for dead while it has no contact itself, because it stands still or the broker is away. Heartbeats are at least a
  beat apart, so an instance that is taken for dead has sent none for a whole lease, and has long stopped beginning anything.
*/

const BEATS = 5;
/** Share of the lease for which an instance trusts its own last heartbeat. */
const CALLING = 3 / 5;

export interface Lease {
  /** Changes with each lapse: what was allowed in one term is not allowed in the next. Undefined while lapsed. */
  term(): number | undefined;
  /** How many of our heartbeats the broker accepted. */
  beats(): number;
  /** A heartbeat of another instance was read. @param leaseMs how long it counts */
  heartbeatOf(owner: string, leaseMs: number): void;
  /** Another instance wrote that it ends. */
  ended(owner: string): void;
  /** Whether an instance sent nothing for a whole lease, as of a beat of ours. One that was never read of counts from our beginning. */
  isDead(owner: string, beat: number): boolean;
  /** Ends our heartbeats; resolves when none is on its way. */
  close(): Promise<void>;
}

/**
 * Resolves when the broker has accepted our first heartbeat.
 *
 * @param sendHeartbeat resolves when the broker has accepted it
 */
export async function makeLease(leaseMs: number, sendHeartbeat: () => Promise<void>): Promise<Lease> {
  const beatMs = leaseMs / BEATS;
  const others = new Map<string, { readonly beat: number; readonly leaseMs: number }>();
  const end = new AbortController();
  let beats = 0;
  let term = 0;
  let last: Moment | undefined;

  const isLapsed = (): boolean => last === undefined || sinceMs(last) >= leaseMs * CALLING;
  const beat = async (): Promise<void> => {
    const sent = moment();
    await sendHeartbeat();
    if (isLapsed()) term++;
    last = sent;
    beats++;
  };
  const keepBeating = async (): Promise<void> => {
    for (;;) {
      await pause(beatMs, end.signal);
      if (end.signal.aborted) return;
      await beat().catch(() => {});
    }
  };
  await beat();
  const ended = keepBeating();

  return {
    term: () => (isLapsed() ? undefined : term),
    beats: () => beats,
    heartbeatOf: (owner, itsLeaseMs) => void others.set(owner, { beat: beats, leaseMs: itsLeaseMs }),
    ended: (owner) => void others.set(owner, { beat: -Infinity, leaseMs: 0 }),
    isDead(owner, asOf) {
      const heard = others.get(owner) ?? { beat: 0, leaseMs };
      return (asOf - heard.beat - 1) * beatMs >= heard.leaseMs;
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
