import { PipelineError, messageOf } from '../../errors.ts';
import { combineFailures } from '../combineFailures.ts';
import { keysRejected } from '../limits/keysRejected.ts';
import type { RoutedFrame } from './routedFrame.ts';

/** The frame's deadline passed. */
export const tooLate = ({ request, failures }: RoutedFrame): PipelineError =>
  new PipelineError(
    'DEADLINE_PASSED',
    `the caption would come too late: ${request.route.length} attempts, the last error: ${failures.length > 0 ? messageOf(failures.at(-1)) : 'none, no target was free in time'}`,
  );

/** No target is left for the frame. `targets`: the names of all that the route has. */
export function exhausted({ failures }: RoutedFrame, targets: readonly string[]): unknown {
  if (failures.length === 0) return keysRejected(targets.join(', '));
  return failures.length === 1 || targets.length === 1 ? failures.at(-1) : combineFailures(failures);
}
