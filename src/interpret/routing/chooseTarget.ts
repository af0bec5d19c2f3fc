import { isAway } from '../limits/isAway.ts';
import type { RouteRules, RouteTarget } from './routeTarget.ts';
import { type RoutedFrame, pathFrom } from './routedFrame.ts';
import { weightedRoundRobin } from './weightedRoundRobin.ts';

/** The target to ask now, or when to look again; undefined: no target is left. */
export type Choice = RouteTarget | number | undefined;

/**
 * Where a frame goes now. Its first target is chosen by weight; from then on it stays on the path of that one. `weighted`: the
 * targets with a weight above 0.
 */
export function chooseTarget(frame: RoutedFrame, weighted: readonly RouteTarget[], rules: RouteRules, nowMs: number): Choice {
  return frame.first ? alongPath(frame, frame.first, rules, nowMs) : byWeight(frame, weighted, rules, nowMs);
}

/** By weight among the targets that are in play; by a fallback only where all of them are away. */
function byWeight(frame: RoutedFrame, weighted: readonly RouteTarget[], rules: RouteRules, nowMs: number): Choice {
  const present = weighted.filter(
    (target) => !frame.excluded.has(target) && !isAway(target.captioner.availability, rules.maxCooldownWaitMs, nowMs),
  );
  if (present.length === 0) {
    const next = mostOwed(weighted);
    const found = alongPath(frame, next, rules, nowMs);
    if (typeof found === 'object') frame.first = next;
    return found;
  }
  const isReady = (target: RouteTarget): boolean => readyAt(target, frame, nowMs) <= nowMs;
  const inPlay = present.filter((target) => isReady(target) || !isCapped(target, frame, nowMs));
  const chosen = weightedRoundRobin(inPlay, isReady);
  if (!chosen) return soonest(present, frame, nowMs);
  frame.first = chosen;
  return chosen;
}

/** The first on the path that is not away, waiting for it where it is only cooling or busy. */
function alongPath(frame: RoutedFrame, first: RouteTarget, rules: RouteRules, nowMs: number): Choice {
  const left = pathFrom(first).filter((target) => !frame.excluded.has(target));
  const next = left.find(({ captioner }) => !isAway(captioner.availability, rules.maxCooldownWaitMs, nowMs));
  if (next) {
    if (readyAt(next, frame, nowMs) <= nowMs) return next;
    // While it cools, another that has a weight, and so takes frames anyway, may take this one.
    const other = isCapped(next, frame, nowMs)
      ? left.find((target) => target.weight > 0 && readyAt(target, frame, nowMs) <= nowMs)
      : undefined;
    return other ?? soonest([next], frame, nowMs);
  }
  const canComeBack = left.some(({ captioner }) => captioner.availability.backAt(nowMs) < Infinity);
  return canComeBack ? soonest(left, frame, nowMs) : undefined;
}

const readyAt = ({ captioner }: RouteTarget, { request }: RoutedFrame, nowMs: number): number =>
  captioner.availability.readyAt(request, nowMs);

const isCapped = ({ captioner }: RouteTarget, { request }: RoutedFrame, nowMs: number): boolean =>
  captioner.availability.isCapped(request, nowMs);

const soonest = (targets: readonly RouteTarget[], frame: RoutedFrame, nowMs: number): number =>
  Math.max(nowMs + 1, Math.min(...targets.map((target) => readyAt(target, frame, nowMs))));

const mostOwed = (weighted: readonly RouteTarget[]): RouteTarget =>
  weighted.reduce((best, target) => (target.currentWeight > best.currentWeight ? target : best));
