import { Observable } from 'rxjs';
import { PipelineError } from '../../errors.ts';
import { report } from '../../stage/report.ts';
import type { Answer, Attempt } from '../caption.ts';
import type { Captioner } from '../captioner.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import { makeCaptioner } from '../makeCaptioner.ts';
import { describeMotion } from '../../motion/describeMotion.ts';
import { requestHash } from '../requestHash.ts';

/**
 * Describes a frame from its events alone: no model, no network, no cost. It knows blobs and their motion, and no
 * objects; its answers have the flag `motion_only`. Good as the last fallback, when a caption that says little is
 * better than none. The pipeline measures motion when one of its targets needs it (`needs`).
 */
export function motion(): Captioner {
  return namedMotion('motion');
}

function namedMotion(target: string): Captioner {
  const ask = (request: CaptionRequest): Observable<Answer> =>
    new Observable((subscriber) => {
      const { window, route } = request;
      const startedAtUs = Date.now() * 1000;
      const attempt: Attempt = {
        target,
        key: '',
        startedAtUs,
        ms: 0,
        status: 0,
        outcome: 'ok',
        reason: '',
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
      };
      if (!window.motion) {
        route.push({ ...attempt, outcome: 'caller_fault', reason: 'the motion of this window was not measured' });
        subscriber.error(
          new PipelineError('PROVIDER_FAILED', `${target}: the motion of this window was not measured; set motion: true in the pipeline`),
        );
        return;
      }
      route.push(attempt);
      report('attempt', () => attempt);
      subscriber.next({
        text: describeMotion(window.motion, window),
        target,
        provider: 'motion',
        model: 'local-flow-1',
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
        priceDate: '',
        flags: ['motion_only'],
        cache: 'none',
        requestHash: requestHash(request, plan.targets[0]!),
      });
      subscriber.complete();
    });
  const plan = {
    targets: [
      {
        target,
        provider: 'motion',
        model: 'local-flow-1',
        params: {},
        limits: ['none: local'],
        needs: { motion: true },
        reaches: [],
        worstCostUsd: () => 0,
        missingKeys: () => [],
      },
    ],
    paths: [{ share: 1, order: [target] }],
    notes: [],
  };
  return Object.assign(makeCaptioner(ask, plan), { named: namedMotion });
}
