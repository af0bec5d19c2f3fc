import { PipelineError } from '../../../../errors.ts';
import type { RandomAccess } from '../../container.ts';

const MOST_SHOWN = 8;
const LONGEST_NAME = 80;

/** Each topic is a sensor: a rig has some. The libraries look up each topic in a list of all. */
const MOST_TOPICS = 4096;

/** Throws INPUT_UNREADABLE where more topics of a file hold events than any rig has. */
export function checkTopics({ path }: Pick<RandomAccess, 'path'>, topics: number): void {
  if (topics > MOST_TOPICS)
    throw new PipelineError(
      'INPUT_UNREADABLE',
      `${path}: ${topics} topics of the file hold events, more than the ${MOST_TOPICS} that a file may have`,
    );
}

/** The error of a file without a topic that holds events. @param found its topics with their types, of which a few are shown */
export function noEvents(path: string, kind: string, found: readonly string[]): PipelineError {
  const shown = found.slice(0, MOST_SHOWN).map((name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name));
  const more = found.length > MOST_SHOWN ? ` and ${found.length - MOST_SHOWN} more` : '';
  return new PipelineError(
    'INPUT_UNREADABLE',
    `${path}: no topic of the ${kind} holds events; found ${shown.join(', ') || 'no topic'}${more}`,
  );
}
