import type { Observable } from 'rxjs';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Availability } from '../availability.ts';
import type { Answer } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { type ErrorClass, errorClasses } from '../errors/errorClasses.ts';
import { MAX_COOLDOWN_WAIT_MS, isAway } from '../limits/isAway.ts';
import { withAvailability } from '../limits/withAvailability.ts';
import { makeCaptioner } from '../makeCaptioner.ts';
import type { Plan } from '../plan.ts';
import type { RouteRules, RouteTarget } from '../routing/routeTarget.ts';
import { Scheduler } from '../routing/scheduler.ts';
import { captionersByName } from './support/captionersByName.ts';
import { combineAvailability } from './support/combineAvailability.ts';

export interface RouteOptions<Name extends string = string> {
  /** The captioners that may be asked, by the name that records, metrics and the fields below use. */
  targets: Readonly<Record<Name, Captioner>>;
  /** Share of the frames that each target gets first; they need not add up to 1. A target left out is only a fallback. @default the same for all */
  weights?: Readonly<Partial<Record<NoInfer<Name>, number>>>;
  /** The targets that are asked when one fails or is away, in this order. @default none */
  fallbacks?: Readonly<Partial<Record<NoInfer<Name>, readonly NoInfer<Name>[]>>>;
  /** Calls to one target for one frame after the first, where the failure is one that may pass. @default 2 */
  retries?: number;
  /** Wait before the first retry in milliseconds; doubled each time, with jitter. @default 500 */
  backoffMs?: number;
  /** Longest cooldown in milliseconds that a frame waits out before it goes to a fallback. @default 10000 */
  maxCooldownWaitMs?: number;
  /** Ask a fallback also after these classes, which otherwise end the frame. @default [] */
  fallbackOn?: readonly ErrorClass[];
}

const schema = z.strictObject({
  targets: captionersByName,
  weights: z.record(z.string(), z.number().min(0, 'must be 0 or more')).optional(),
  fallbacks: z.record(z.string(), z.array(z.string())).default({}),
  retries: z.int().min(0).default(2),
  backoffMs: z.number().min(0).default(500),
  maxCooldownWaitMs: z.number().min(0).default(MAX_COOLDOWN_WAIT_MS),
  fallbackOn: z.array(z.enum(Object.keys(errorClasses) as [ErrorClass, ...ErrorClass[]])).default([]),
});

/**
 * Sends each frame to one of several targets: by weight among those that have room now, along the fallbacks when one fails.
 * Rate limits and outages make frames wait here, bounded by the gate; they do not fail a frame. A target may be a combinator,
 * such as an ensemble: it is chosen, cooled down and passed over by the availability of its parts.
 */
export function route<const Name extends string>(options: RouteOptions<Name>): Captioner {
  const { targets: captioners, weights, fallbacks, fallbackOn, ...rest } = readOptions('route', schema, options);
  checkNames(Object.keys(captioners), weights, fallbacks);
  const targets = targetsOf(captioners, weights, fallbacks);
  const rules = { ...rest, fallbackOn: new Set(fallbackOn) };
  const scheduler = new Scheduler(targets, rules);
  const ask = (request: CaptionRequest): Observable<Answer> => scheduler.answer(request);
  const close = async (): Promise<void> => {
    await Promise.all(targets.map(async ({ captioner }) => captioner.close?.()));
  };
  return Object.assign(makeCaptioner(ask, planOf(targets, rules), close), { availability: availabilityOf(targets, rules) });
}

function targetsOf(
  captioners: Readonly<Record<string, Captioner>>,
  weights: Readonly<Record<string, number>> | undefined,
  fallbacks: Readonly<Record<string, readonly string[]>>,
): readonly RouteTarget[] {
  const targets = new Map<string, RouteTarget>();
  for (const [name, inner] of Object.entries(captioners)) {
    const captioner = withAvailability(name, inner.named?.(name) ?? inner);
    targets.set(name, { name, captioner, weight: weights ? (weights[name] ?? 0) : 1, currentWeight: 0, fallbacks: [] });
  }
  for (const [name, others] of Object.entries(fallbacks)) targets.get(name)!.fallbacks = others.map((other) => targets.get(other)!);
  return [...targets.values()];
}

function checkNames(
  names: readonly string[],
  weights: Readonly<Record<string, number>> | undefined,
  fallbacks: Readonly<Record<string, readonly string[]>>,
): void {
  const known = `the targets are ${names.join(', ')}`;
  if (names.length === 0) refuse('route.targets: must name at least one target (found none)');
  for (const name of Object.keys(weights ?? {})) if (!names.includes(name)) refuse(`route.weights: unknown target '${name}'; ${known}`);
  if (weights && Object.values(weights).every((weight) => weight === 0)) refuse('route.weights: at least one must be above 0 (found none)');
  for (const [name, others] of Object.entries(fallbacks)) {
    if (!names.includes(name)) refuse(`route.fallbacks: unknown target '${name}'; ${known}`);
    for (const other of others) if (!names.includes(other)) refuse(`route.fallbacks.${name}: unknown target '${other}'; ${known}`);
    if (others.includes(name)) refuse(`route.fallbacks.${name}: a target cannot be its own fallback (found '${name}')`);
    if (new Set(others).size < others.length) refuse(`route.fallbacks.${name}: a target is named twice (found ${others.join(', ')})`);
  }
}

const refuse = (message: string): never => {
  throw new PipelineError('CONFIG_INVALID', message);
};

/** For a route within another combinator: available with any target that has a weight, or any at all while those are away. */
function availabilityOf(targets: readonly RouteTarget[], { maxCooldownWaitMs }: RouteRules): Availability {
  const all = targets.map(({ captioner }) => captioner.availability);
  const weighted = targets.filter(({ weight }) => weight > 0).map(({ captioner }) => captioner.availability);
  return combineAvailability(all, {
    needed: 1,
    asked: (_request, nowMs) => {
      const present = weighted.filter((part) => !isAway(part, maxCooldownWaitMs, nowMs));
      return present.length > 0 ? present : all;
    },
  });
}

function planOf(targets: readonly RouteTarget[], { retries, maxCooldownWaitMs }: RouteRules): Plan {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  return {
    targets: targets.flatMap(({ captioner }) => captioner.plan.targets),
    paths: targets.filter(({ weight }) => weight > 0).flatMap((target) => pathsOf(target, target.weight / total)),
    notes: [
      `up to ${retries + 1} calls to one target for one frame, with backoff and jitter`,
      `cooldowns up to ${maxCooldownWaitMs / 1000} s are waited out, longer ones go to the fallbacks`,
      'a frame waits while every target cools',
      ...new Set(targets.flatMap(({ captioner }) => captioner.plan.notes)),
    ],
  };
}

/** The paths of a target, which has several where it is a route itself, each with the fallbacks behind it. */
function pathsOf({ name, captioner, fallbacks }: RouteTarget, part: number): Plan['paths'] {
  const behind = fallbacks.flatMap((other) => orderOf(other.name, other.captioner));
  const own = captioner.plan.paths.length > 0 ? captioner.plan.paths : [{ share: 1, order: [name] }];
  return own.map(({ share, order }) => ({ share: part * share, order: [...new Set([...order, ...behind])] }));
}

const orderOf = (name: string, { plan }: Captioner): readonly string[] =>
  plan.paths.length > 0 ? plan.paths.flatMap(({ order }) => order) : [name];
