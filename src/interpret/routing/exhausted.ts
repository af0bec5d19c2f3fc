import { combineFailures } from '../errors/combineFailures.ts';
import { keysRejected } from '../limits/keysRejected.ts';
import type { RoutedFrame } from './routedFrame.ts';

/** No target is left for the frame. `targets`: the names of all that the route has. */
export function exhausted({ failures }: RoutedFrame, targets: readonly string[]): unknown {
  if (failures.length === 0) return keysRejected(targets.join(', '));
  return failures.length === 1 || targets.length === 1 ? failures.at(-1) : combineFailures(failures);
}
