import type { Observable } from 'rxjs';
import type { Answer } from './caption.ts';
import type { Captioner } from './captioner.ts';
import type { CaptionRequest } from './captionRequest.ts';
import type { Plan } from './plan.ts';

/** Makes a captioner out of the function and its plan. */
export const makeCaptioner = (ask: (request: CaptionRequest) => Observable<Answer>, plan: Plan, close?: () => Promise<void>): Captioner =>
  Object.assign(ask, close ? { plan, close } : { plan });
