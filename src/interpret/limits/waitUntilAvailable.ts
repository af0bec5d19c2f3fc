import { PipelineError } from '../../errors.ts';
import type { CaptionRequest, Lane } from '../captioner.ts';

interface Waiting {
  readonly request: CaptionRequest;
  readonly start: () => void;
  readonly fail: (error: PipelineError) => void;
}

interface Line {
  readonly waiting: Set<Waiting>;
  timer: NodeJS.Timeout | undefined;
}

const lines = new WeakMap<Lane, Line>();

/**
 * Starts now if the target is ready, else in turn when it is; first come, first served. A request whose deadline
 * passes while it waits fails with DEADLINE_PASSED. Returns what leaves the line.
 */
export function whenReady(lane: Lane, request: CaptionRequest, start: () => void, fail: (error: PipelineError) => void): () => void {
  const line = lines.get(lane) ?? open(lane);
  if (line.waiting.size === 0 && lane.readyAt(request, performance.now()) <= performance.now()) {
    start();
    return () => {};
  }
  const waiting = { request, start, fail };
  line.waiting.add(waiting);
  advance(lane, line);
  return () => line.waiting.delete(waiting);
}

/** No frame is to blame for it, and every further one would meet it. */
export const keysRejected = (target: string): PipelineError =>
  new PipelineError('KEYS_REJECTED', `${target} has no key that works: each was refused, or its account has no credit`);

function open(lane: Lane): Line {
  const line: Line = { waiting: new Set(), timer: undefined };
  lines.set(lane, line);
  lane.onChange(() => advance(lane, line));
  return line;
}

function advance(lane: Lane, line: Line): void {
  clearTimeout(line.timer);
  for (const one of line.waiting) {
    const now = performance.now();
    if (one.request.deadlineMs <= now) {
      line.waiting.delete(one);
      one.fail(new PipelineError('DEADLINE_PASSED', 'the caption would come too late: the target was not free in time'));
      continue;
    }
    if (lane.backAt(now) === Infinity) {
      line.waiting.delete(one);
      one.fail(keysRejected('the target'));
      continue;
    }
    const at = lane.readyAt(one.request, now);
    if (at > now) {
      const wake = Math.min(at, one.request.deadlineMs);
      if (wake < Infinity) line.timer = setTimeout(() => advance(lane, line), Math.min(wake - now, 2 ** 31 - 1));
      return;
    }
    line.waiting.delete(one);
    one.start();
  }
}
