import { PipelineError, messageOf } from '../../errors.ts';
import type { RoutedFrame } from './routedFrame.ts';

/** The frame's deadline passed. */
export const tooLate = ({ request, failures }: RoutedFrame): PipelineError =>
  new PipelineError(
    'DEADLINE_PASSED',
    `the caption would come too late: ${request.route.length} attempts, the last error: ${failures.length > 0 ? messageOf(failures.at(-1)) : 'none, no target was free in time'}`,
  );
