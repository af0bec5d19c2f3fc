import type { Subscriber, Subscription } from 'rxjs';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Answer } from '../caption.ts';
import { combineFailures } from '../combineFailures.ts';
import type { CaptionRequest, Captioner, Lane } from '../captioner.ts';
import { errorClassOf, isFallbackable, retriesOf } from '../errorClassOf.ts';
import { type ErrorClass, consequenceOf } from '../errorClasses.ts';
import { ProviderError } from '../providerError.ts';
import { type Sharer, choose } from './weightedRoundRobin.ts';
import { keysRejected } from '../limits/waitUntilAvailable.ts';

/** A target as the dispatcher sees it. */
export interface Stop extends Sharer {
  readonly name: string;
  readonly captioner: Captioner;
  readonly lane: Lane;
  /** Where its frames go when it fails, in this order. */
  chain: readonly Stop[];
}

export interface DispatchRules {
  /** Calls of one frame to one target after the first. */
  readonly retries: number;
  /** Wait before the first of them, in milliseconds; doubled each time, with jitter. */
  readonly backoffMs: number;
  /** Longest cooldown that a frame waits out rather than going to a fallback. */
  readonly patienceMs: number;
  /** Classes after which a fallback is asked although the fault is the frame's. */
  readonly fallbackOn: ReadonlySet<ErrorClass>;
}

/** One frame on its way through the route. */
interface Asking {
  request: CaptionRequest;
  readonly subscriber: Subscriber<Answer>;
  readonly failures: unknown[];
  /** Calls that count against a target's retries. */
  readonly tries: Map<Stop, number>;
  /** Targets that this frame has no more business with. */
  readonly done: Set<Stop>;
  /** First choice; its chain holds. */
  first?: Stop | undefined;
  /** `performance.now()` before which it is not asked again. */
  notBefore: number;
  /** Rounds through its chain. */
  rounds: number;
  call?: Subscription | undefined;
  timer?: NodeJS.Timeout | undefined;
}

export interface Dispatcher {
  /** Takes a frame; returns what takes it back. */
  enter(request: CaptionRequest, subscriber: Subscriber<Answer>): () => void;
  /** Something changed at a target: looks whether a waiting frame may go. */
  readonly look: () => void;
}

const LONGEST_BACKOFF_MS = 8_000;
/** In an outage of hours a frame goes round thousands of times; only what it met last is looked at. */
const FAILURES_KEPT = 32;

/**
 * Brings frames and targets together. Frames wait here, first come first served, until a target that may take them is
 * ready: rate limits, cooldowns and outages make them wait, and never fail. What fails goes by its class
 * (failure.ts): again, to the next in the chain, or out.
 */
export function dispatcher(stops: readonly Stop[], rules: DispatchRules): Dispatcher {
  const weighted = stops.filter(({ weight }) => weight > 0);
  /** Frames that nobody was asked about yet, and frames that failed somewhere: these go first. */
  const fresh = new Set<Asking>();
  const again = new Set<Asking>();
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let rerun = false;

  const pump = (): void => {
    if (running) {
      rerun = true;
      return;
    }
    running = true;
    clearTimeout(timer);
    let wake: number;
    do {
      rerun = false;
      wake = Infinity;
      for (const asking of again) wake = Math.min(wake, place(asking, again));
      for (const asking of fresh) {
        const at = place(asking, fresh);
        if (at > PLACED) {
          wake = Math.min(wake, at);
          break;
        }
      }
    } while (rerun);
    running = false;
    if (wake < Infinity) timer = setTimeout(pump, Math.max(1, Math.min(wake - performance.now(), 2 ** 31 - 1)));
  };

  /** Starts a call for this frame if any may start; else returns when to look again. */
  const place = (asking: Asking, line: Set<Asking>): number => {
    const now = performance.now();
    if (asking.notBefore > now) return asking.notBefore;
    const found = asking.first ? along(asking, asking.first, now) : first(asking, now);
    if (typeof found === 'number') return found;
    line.delete(asking);
    if (!found) exhausted(asking);
    else call(asking, found);
    return PLACED;
  };

  const isOut = ({ lane }: Stop, now: number): boolean => lane.isDown(now) || lane.backAt(now) > now + rules.patienceMs;
  const readyAt = ({ lane }: Stop, { request }: Asking, now: number): number => lane.readyAt(request, now);

  /** The first choice by weight; a fallback only where every target with a weight is out. */
  const first = (asking: Asking, now: number): Stop | number | undefined => {
    const open = weighted.filter((stop) => !asking.done.has(stop) && !isOut(stop, now));
    if (open.length === 0) {
      const owed = mostOwed(weighted);
      const found = along(asking, owed, now);
      if (typeof found === 'object') asking.first = owed;
      return found;
    }
    const isReady = (stop: Stop): boolean => readyAt(stop, asking, now) <= now;
    const chosen = choose(
      open.filter((stop) => isReady(stop) || !stop.lane.isCapped(asking.request, now)),
      isReady,
    );
    if (chosen) {
      asking.first = chosen;
      return chosen;
    }
    return soonest(open, asking, now);
  };

  /** Along the chain of a first choice: the first that is ready, waiting for those that are only cooling or busy. */
  const along = (asking: Asking, from: Stop, now: number): Stop | number | undefined => {
    const left = [from, ...from.chain].filter((stop) => !asking.done.has(stop));
    const around = left.find((stop) => !isOut(stop, now));
    if (around) {
      if (readyAt(around, asking, now) <= now) return around;
      // While it cools, another that takes its share of frames anyway may have this one.
      const other = left.find((stop) => stop.weight > 0 && around.lane.isCapped(asking.request, now) && readyAt(stop, asking, now) <= now);
      return other ?? soonest([around], asking, now);
    }
    const back = Math.min(...left.map(({ lane }) => Math.max(lane.backAt(now), now + 1)));
    if (back === Infinity) return undefined;
    // All of them are out: wait for the first to come back.
    return soonest(left, asking, now);
  };

  const soonest = (among: readonly Stop[], asking: Asking, now: number): number =>
    Math.max(now + 1, Math.min(...among.map((stop) => readyAt(stop, asking, now))));

  const call = (asking: Asking, stop: Stop): void => {
    const { subscriber } = asking;
    asking.call = stop.captioner(asking.request).subscribe({
      next: (answer) => {
        clearTimeout(asking.timer);
        subscriber.next(answer);
      },
      complete: () => subscriber.complete(),
      error: (error: unknown) => {
        failed(asking, stop, error);
        pump();
      },
    });
  };

  const failed = (asking: Asking, stop: Stop, error: unknown): void => {
    asking.call = undefined;
    const now = performance.now();
    const found = errorClassOf(error);
    if (found === undefined || isLate(asking, now)) return giveUp(asking, found === undefined ? error : late(asking));
    asking.failures.push(error);
    if (asking.failures.length > FAILURES_KEPT) asking.failures.shift();
    if (!isFallbackable(error, rules.fallbackOn)) return giveUp(asking, error);
    const tries = (asking.tries.get(stop) ?? 0) + 1;
    asking.tries.set(stop, tries);
    if (found === 'truncated') asking.request = withMoreRoom(asking.request);
    const otherKey = consequenceOf(found).coolsDown === 'key' && found !== 'rate_limit' && stop.lane.backAt(now) <= now + rules.patienceMs;
    if (!otherKey && tries > Math.min(retriesOf(error), rules.retries)) asking.done.add(stop);
    else if (found !== 'rate_limit' && !otherKey) asking.notBefore = now + backoffMs(tries, error, rules.backoffMs);
    if (asking.done.size > 0 && !hasMore(asking) && !startOver(asking, now)) return exhausted(asking);
    again.add(asking);
    return undefined;
  };

  const hasMore = ({ first: from, done }: Asking): boolean => !from || [from, ...from.chain].some((stop) => !done.has(stop));

  /** Everyone refused for want of room, or somebody is known to be down: that passes. The frame waits and goes round again. */
  const startOver = (asking: Asking, now: number): boolean => {
    const path = [asking.first!, ...asking.first!.chain];
    // Back right now: it is down, and its next probe is due.
    const passing = (stop: Stop): boolean => stop.lane.backAt(now) < Infinity && (stop.lane.isDown(now) || stop.lane.backAt(now) >= now);
    const limited = asking.failures.some((failure) => errorClassOf(failure) === 'rate_limit');
    if (!limited && !path.some(passing)) return false;
    for (const stop of path) if (stop.lane.backAt(now) < Infinity && !isHopeless(asking, stop)) asking.done.delete(stop);
    if (!hasMore(asking)) return false;
    asking.tries.clear();
    asking.rounds++;
    asking.notBefore = now + backoffMs(asking.rounds, undefined, rules.backoffMs);
    return true;
  };

  /** Going round again only helps where the failure was one that passes. */
  const isHopeless = ({ failures }: Asking, { name }: Stop): boolean => {
    const last = failures.findLast((failure) => failure instanceof ProviderError && failure.attempt.target === name);
    const found = last === undefined ? undefined : errorClassOf(last);
    return found !== undefined && !consequenceOf(found).unhealthy && found !== 'rate_limit';
  };

  const exhausted = (asking: Asking): void => {
    const { failures } = asking;
    if (failures.length === 1 || (failures.length > 0 && stops.length === 1)) return giveUp(asking, failures.at(-1));
    if (failures.length === 0) return giveUp(asking, keysRejected(stops.map(({ name }) => name).join(', ')));
    return giveUp(asking, combineFailures(failures));
  };

  const giveUp = (asking: Asking, error: unknown): void => {
    clearTimeout(asking.timer);
    asking.subscriber.error(error);
  };

  return {
    enter(request, subscriber) {
      const asking: Asking = { request, subscriber, failures: [], tries: new Map(), done: new Set(), notBefore: -Infinity, rounds: 0 };
      fresh.add(asking);
      if (request.deadlineMs < Infinity) {
        const drop = (): void => {
          // A call on its way ends itself at the same deadline, and records that it did.
          if (!asking.call && (fresh.delete(asking) || again.delete(asking))) giveUp(asking, late(asking));
        };
        asking.timer = setTimeout(drop, Math.max(0, request.deadlineMs - performance.now()));
      }
      pump();
      return () => {
        clearTimeout(asking.timer);
        fresh.delete(asking);
        again.delete(asking);
        asking.call?.unsubscribe();
        pump();
      };
    },
    look: pump,
  };
}

/** The length limit left no text: the same words with twice the room. */
const withMoreRoom = (request: CaptionRequest): CaptionRequest => ({
  ...request,
  prompt: { ...request.prompt, maxOutputTokens: request.prompt.maxOutputTokens * 2 },
});

/** Before every time. */
const PLACED = -Infinity;

/** Timers are a millisecond coarse. */
const isLate = ({ request }: Asking, nowMs: number): boolean => request.deadlineMs <= nowMs + 2;

const late = ({ request, failures }: Asking): PipelineError =>
  new PipelineError(
    'DEADLINE_PASSED',
    `the caption would come too late: ${request.route.length} attempts, the last error: ${failures.length > 0 ? messageOf(failures.at(-1)) : 'none, no target was free in time'}`,
  );

const mostOwed = (stops: readonly Stop[]): Stop => stops.reduce((best, stop) => (stop.credit > best.credit ? stop : best));

/** A connection that broke is tried again at once, once; everything else waits, with jitter so that frames do not march in step. */
const backoffMs = (tries: number, error: unknown, firstMs: number): number => {
  const broken = error instanceof ProviderError && error.failure.class === 'transient' && error.attempt.status === 0;
  if (broken && tries === 1) return 0;
  const wait = Math.min(LONGEST_BACKOFF_MS, firstMs * 2 ** (tries - 1)) * (0.75 + 0.5 * Math.random());
  return error instanceof ProviderError && error.failure.waitMs !== undefined ? Math.max(wait, error.failure.waitMs) : wait;
};
