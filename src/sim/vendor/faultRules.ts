import { hashedDraw } from '../../random.ts';
import type { FaultRule, VendorSettings } from '../options/simulatorOptions.ts';

/** A request as rules of faults see it. */
export interface ArrivedRequest {
  readonly model: string;
  /** Alias of the key. */
  readonly key: string;
  readonly imageSha256: string;
  /** How often this image has come to this vendor, this time included. */
  readonly timesSeen: number;
  /** Simulated milliseconds since the start. */
  readonly nowMs: number;
}

/** The rule that holds for a request, if there is one. */
export type FaultRules = (request: ArrivedRequest) => FaultRule | undefined;

/** The vendor's rules; those of a model take the place of them. */
export function faultRules({ faults = [], models = {} }: VendorSettings, seed: number): FaultRules {
  const common = firstRuleThatHolds(faults, seed);
  const own = new Map(Object.entries(models).map(([model, { faults: of }]) => [model, of && firstRuleThatHolds(of, seed)]));
  return (request) => (own.get(request.model) ?? common)(request);
}

/** Rules are tried in order; each counts the requests that fit its key and model. */
function firstRuleThatHolds(rules: readonly FaultRule[], seed: number): FaultRules {
  const counts = rules.map(() => 0);
  return (request) =>
    rules.find((rule, i) => {
      if (!fits(rule, request)) return false;
      counts[i]! += 1;
      return holds(rule, request, counts[i]!, hashedDraw(seed, 'fault', i, request.model, request.imageSha256, request.timesSeen));
    });
}

const fits = (rule: FaultRule, { key, model }: ArrivedRequest): boolean =>
  (rule.key === undefined || rule.key === key) && (rule.model === undefined || rule.model === model);

function holds(rule: FaultRule, request: ArrivedRequest, counted: number, chance: number): boolean {
  const n = rule.counted === 'image' ? request.timesSeen : counted;
  const at = rule.everyMs === undefined ? request.nowMs : request.nowMs % rule.everyMs;
  return (
    (rule.attempts === undefined || rule.attempts.includes(n)) &&
    (rule.first === undefined || n <= rule.first) &&
    (rule.after === undefined || n > rule.after) &&
    (rule.fromMs === undefined || at >= rule.fromMs) &&
    (rule.toMs === undefined || at < rule.toMs) &&
    chance < rule.probability
  );
}
