import { Observable } from 'rxjs';
import { z } from 'zod';
import { PipelineError } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import type { Answer } from '../caption.ts';
import { type CaptionRequest, type Captioner, type Plan, captioner } from '../captioner.ts';
import { type Stop, dispatcher } from '../routing/scheduler.ts';
import { type ErrorClass, errorClasses } from '../errorClasses.ts';
import { withLane } from '../limits/availability.ts';

export interface RouteOptions<Name extends string = string> {
  /** Who may be asked, by the name that records, metrics and the fields below use. */
  targets: Readonly<Record<Name, Captioner>>;
  /** Share of the frames that each target gets first; they need not add up to 1. A target left out is only a fallback. @default the same for all */
  weights?: Readonly<Partial<Record<NoInfer<Name>, number>>>;
  /** Who is asked when a target fails or is out, in this order. @default nobody */
  fallbacks?: Readonly<Partial<Record<NoInfer<Name>, readonly NoInfer<Name>[]>>>;
  /** Calls to one target for one frame after the first, where the failure is one that may pass. @default 2 */
  retries?: number;
  /** Wait before the first retry in milliseconds; doubled each time, with jitter. @default 500 */
  backoffMs?: number;
  /** Longest cooldown in milliseconds that a frame waits out before it goes to a fallback. @default 10000 */
  patienceMs?: number;
  /** Ask a fallback also after these classes, which otherwise end the frame. @default [] */
  fallbackOn?: readonly ErrorClass[];
}

const schema = z.strictObject({
  targets: z.record(
    z.string().min(1),
    z.custom<Captioner>((value) => typeof value === 'function' && 'plan' in value, 'must be a captioner, such as openai({...})'),
  ),
  weights: z.record(z.string(), z.number().min(0, 'must be 0 or more')).optional(),
  fallbacks: z.record(z.string(), z.array(z.string())).default({}),
  retries: z.int().min(0).default(2),
  backoffMs: z.number().min(0).default(500),
  patienceMs: z.number().min(0).default(10_000),
  fallbackOn: z.array(z.enum(Object.keys(errorClasses) as [ErrorClass, ...ErrorClass[]])).default([]),
});

/**
 * Sends each frame to one of several targets: by weight among those that have room now, along the chain of fallbacks
 * when one fails. Rate limits and outages make frames wait here, bounded by the gate; they do not fail a frame.
 */
export function route<const Name extends string>(options: RouteOptions<Name>): Captioner {
  const { targets, weights, fallbacks, fallbackOn, ...rules } = readOptions('route', schema, options);
  const names = Object.keys(targets);
  checkNames(names, weights, fallbacks);
  const stops = new Map<string, Stop>(
    names.map((name) => {
      const inner = targets[name]!;
      const target = withLane(name, inner.named?.(name) ?? inner);
      return [name, { name, captioner: target, lane: target.lane, weight: weights ? (weights[name] ?? 0) : 1, credit: 0, chain: [] }];
    }),
  );
  for (const [name, chain] of Object.entries(fallbacks)) stops.get(name)!.chain = chain.map((other) => stops.get(other)!);

  const all = [...stops.values()];
  const desk = dispatcher(all, { ...rules, fallbackOn: new Set(fallbackOn) });
  for (const { lane } of all) lane.onChange(desk.look);
  const ask = (request: CaptionRequest): Observable<Answer> => new Observable((subscriber) => desk.enter(request, subscriber));
  const close = async (): Promise<void> => {
    await Promise.all(all.map(async (stop) => stop.captioner.close?.()));
  };
  return captioner(ask, planOf(all, rules), close);
}

function checkNames(
  names: readonly string[],
  weights: Readonly<Record<string, number>> | undefined,
  fallbacks: Readonly<Record<string, readonly string[]>>,
): void {
  const known = `the targets are ${names.join(', ')}`;
  if (names.length === 0) wrong('route.targets: must name at least one target (found none)');
  for (const name of Object.keys(weights ?? {})) if (!names.includes(name)) wrong(`route.weights: unknown target '${name}'; ${known}`);
  if (weights && Object.values(weights).every((weight) => weight === 0)) wrong('route.weights: at least one must be above 0 (found none)');
  for (const [name, chain] of Object.entries(fallbacks)) {
    if (!names.includes(name)) wrong(`route.fallbacks: unknown target '${name}'; ${known}`);
    for (const other of chain) if (!names.includes(other)) wrong(`route.fallbacks.${name}: unknown target '${other}'; ${known}`);
    if (chain.includes(name)) wrong(`route.fallbacks.${name}: a target cannot be its own fallback (found '${name}')`);
    if (new Set(chain).size < chain.length) wrong(`route.fallbacks.${name}: a target is named twice (found ${chain.join(', ')})`);
  }
}

const wrong = (message: string): never => {
  throw new PipelineError('CONFIG_INVALID', message);
};

function planOf(stops: readonly Stop[], { retries, patienceMs }: { retries: number; patienceMs: number }): Plan {
  const total = stops.reduce((sum, { weight }) => sum + weight, 0);
  return {
    targets: stops.flatMap((stop) => stop.captioner.plan.targets),
    paths: stops
      .filter(({ weight }) => weight > 0)
      .map(({ weight, name, chain }) => ({ share: weight / total, order: [name, ...chain.map((stop) => stop.name)] })),
    notes: [
      `up to ${retries + 1} calls to one target for one frame, with backoff and jitter`,
      `cooldowns up to ${patienceMs / 1000} s are waited out, longer ones go to the fallbacks`,
      'a frame waits while every target cools',
      ...new Set(stops.flatMap((stop) => stop.captioner.plan.notes)),
    ],
  };
}
