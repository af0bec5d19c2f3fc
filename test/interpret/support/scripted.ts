import { Observable } from 'rxjs';
import type { Availability } from '../../../src/interpret/availability.ts';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';
import type { TargetPlan } from '../../../src/interpret/plan.ts';

export const planOf = (target: string): TargetPlan => ({
  target,
  provider: 'stub',
  model: target,
  params: {},
  limits: [],
  worstCostUsd: () => 0,
  missingKeys: () => [],
});

export const answerOf = (target: string, text = `from ${target}`): Answer => ({
  text,
  target,
  provider: 'stub',
  model: target,
  inputTokens: 1,
  outputTokens: 1,
  costUsd: 0,
  priceDate: '',
  flags: [],
  cache: 'none',
  requestHash: 'aa',
});

export interface Scripted extends Captioner {
  /** Ids of the frames that it was asked about. */
  readonly asked: string[];
}

/** A captioner that does what the test says for each call: an answer, or an error that is thrown or returned. */
export function scripted(
  name: string,
  script: (call: number, request: CaptionRequest) => Answer | Error | Observable<Answer> = () => answerOf(name),
): Scripted {
  const asked: string[] = [];
  const ask = (request: CaptionRequest): Observable<Answer> => {
    const result = script(asked.push(request.id) - 1, request);
    if (result instanceof Observable) return result;
    return new Observable((subscriber) => {
      if (result instanceof Error) subscriber.error(result);
      else {
        subscriber.next(result);
        subscriber.complete();
      }
    });
  };
  return Object.assign(makeCaptioner(ask, { targets: [planOf(name)], paths: [{ share: 1, order: [name] }], notes: [] }), { asked });
}

/** An availability that the test sets. */
export interface SetAvailability extends Availability {
  set(state: Partial<Record<'readyAt' | 'backAt', number> & Record<'isDown' | 'isCapped', boolean>>): void;
  readonly listeners: Set<() => void>;
}

export function setAvailability(): SetAvailability {
  let state = { readyAt: -Infinity, backAt: -Infinity, isDown: false, isCapped: false };
  const listeners = new Set<() => void>();
  return {
    listeners,
    readyAt: () => Math.max(state.readyAt, state.backAt),
    backAt: () => state.backAt,
    isDown: () => state.isDown,
    isCapped: () => state.isCapped,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      state = { ...state, ...next };
      for (const listener of listeners) listener();
    },
  };
}

/** A scripted captioner with an availability that the test sets. */
export const available = (name: string, script?: Parameters<typeof scripted>[1]): Scripted & { readonly availability: SetAvailability } =>
  Object.assign(scripted(name, script), { availability: setAvailability() });
