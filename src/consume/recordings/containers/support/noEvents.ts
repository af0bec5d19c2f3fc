import { PipelineError } from '../../../../errors.ts';

const MOST_SHOWN = 8;
const LONGEST_NAME = 80;

/** The error of a file without a topic that holds events. @param found its topics with their types, of which a few are shown */
export function noEvents(path: string, kind: string, found: readonly string[]): PipelineError {
  const shown = found.slice(0, MOST_SHOWN).map((name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name));
  const more = found.length > MOST_SHOWN ? ` and ${found.length - MOST_SHOWN} more` : '';
  return new PipelineError(
    'INPUT_UNREADABLE',
    `${path}: no topic of the ${kind} holds events; found ${shown.join(', ') || 'no topic'}${more}`,
  );
}
