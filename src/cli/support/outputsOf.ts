import type { Pipeline } from '../../definePipeline.ts';
import type { Part } from '../../stage/item.ts';

/** The paths and topics of a pipeline's outputs, by name. */
export function outputsOf({ sink, deadLetters, late, frames }: Pipeline): Record<string, string> {
  const parts: Record<string, Part | undefined> = {
    captions: sink,
    'dead letters': deadLetters,
    ...(late !== deadLetters && { late }),
    frames,
  };
  const found = Object.entries(parts).map(([what, part]) => [what, part?.params?.['path'] ?? part?.params?.['topic']] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
