import { PipelineError } from '../../../../errors.ts';
import type { RandomAccess } from '../../container.ts';

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
