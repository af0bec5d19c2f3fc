import { hashedDraw } from '../random.ts';
import type { FaultRule } from './simulatorOptions.ts';

export interface Arrival {
  readonly model: string;
  readonly key: string;
  readonly imageSha256: string;
  /** How often this image has come to this vendor, this time included. */
  readonly timesSeen: number;
  /** Simulated milliseconds since the start. */
  readonly nowMs: number;
}

/** Decides which fault, if any, each arrival meets. Rules are tried in order; each counts the arrivals that fit its key and model. */
export function rules(list: readonly FaultRule[], seed: number): (arrival: Arrival) => FaultRule | undefined {
  const counts = list.map(() => 0);
  return (arrival) =>
    list.find(
      (rule, i) =>
        fits(rule, arrival) &&
        holds(
          rule,
          arrival,
          (counts[i] = counts[i]! + 1),
          hashedDraw(seed, 'fault', i, arrival.model, arrival.imageSha256, arrival.timesSeen),
        ),
    );
}

const fits = (rule: FaultRule, { key, model }: Arrival): boolean =>
  (rule.key === undefined || rule.key === key) && (rule.model === undefined || rule.model === model);

function holds(rule: FaultRule, arrival: Arrival, counted: number, chance: number): boolean {
  const n = rule.counted === 'image' ? arrival.timesSeen : counted;
  const at = rule.everyMs === undefined ? arrival.nowMs : arrival.nowMs % rule.everyMs;
  return (
    (rule.attempts === undefined || rule.attempts.includes(n)) &&
    (rule.first === undefined || n <= rule.first) &&
    (rule.after === undefined || n > rule.after) &&
    (rule.fromMs === undefined || at >= rule.fromMs) &&
    (rule.toMs === undefined || at < rule.toMs) &&
    chance < rule.probability
  );
}
