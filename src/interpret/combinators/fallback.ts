import { type Observable, catchError, defer, throwError } from 'rxjs';
import type { Availability } from '../availability.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { combineFailures } from '../errors/combineFailures.ts';
import { isFallbackable } from '../errors/errorClassOf.ts';
import { MAX_COOLDOWN_WAIT_MS, isAway } from '../limits/isAway.ts';
import { waitUntilAvailable } from '../limits/waitUntilAvailable.ts';
import { makeCaptioner } from '../makeCaptioner.ts';
import { availabilityOf, combineAvailability } from './support/combineAvailability.ts';

/**
 * Asks each captioner in turn until one answers. One that is down, or in a cooldown of more than ten seconds or past the frame's
 * deadline, is asked last; shorter cooldowns are waited out. A failure that the frame itself is to blame for ends it at once: no
 * other captioner would do better, and a refusal must not be gone around by accident. Where all of them fail, the error names
 * every cause. Within a route the captioners keep their names.
 */
export function fallback(...captioners: readonly [Captioner, ...Captioner[]]): Captioner {
  const parts: readonly Alternative[] = captioners.map((captioner) => ({ captioner, availability: availabilityOf(captioner) }));
  const availability = combineAvailability(
    parts.map((part) => part.availability),
    { needed: 1, asked: (request, nowMs) => [firstPresent(parts, request, nowMs).availability] },
  );
  const plans = captioners.map(({ plan }) => plan);
  const targets = plans.flatMap((plan) => plan.targets);
  const whenAvailable = waitUntilAvailable(targets.map(({ target }) => target).join(', '), availability);
  const ask = (request: CaptionRequest): Observable<Answer> => whenAvailable(request, () => askInTurn(parts, request, []));

  const [first, ...rest] = plans;
  const then = rest.flatMap(({ paths }) => paths.flatMap(({ order }) => order));
  const plan = {
    targets,
    paths: first!.paths.map(({ share, order }) => ({ share, order: [...order, ...then] })),
    notes: plans.flatMap(({ notes }) => notes),
  };
  const close = async (): Promise<void> => {
    await Promise.all(captioners.map(async (captioner) => captioner.close?.()));
  };
  return Object.assign(makeCaptioner(ask, plan, close), { availability });
}

interface Alternative {
  readonly captioner: Captioner;
  readonly availability: Availability;
}

/** The first that is not away; where all of them are, the one that is back first. */
function firstPresent(parts: readonly Alternative[], { deadlineMs }: CaptionRequest, nowMs: number): Alternative {
  const maxWaitMs = Math.min(MAX_COOLDOWN_WAIT_MS, deadlineMs - nowMs);
  const present = parts.find(({ availability }) => !isAway(availability, maxWaitMs, nowMs));
  return present ?? parts.reduce((best, part) => (part.availability.backAt(nowMs) < best.availability.backAt(nowMs) ? part : best));
}

function askInTurn(left: readonly Alternative[], request: CaptionRequest, failures: readonly unknown[]): Observable<Answer> {
  if (left.length === 0) return throwError(() => combineFailures(failures));
  const next = firstPresent(left, request, performance.now());
  return defer(() => next.captioner(request)).pipe(
    catchError((error: unknown) => {
      if (!isFallbackable(error)) return throwError(() => error);
      const rest = left.filter((part) => part !== next);
      return askInTurn(rest, request, [...failures, error]);
    }),
  );
}
