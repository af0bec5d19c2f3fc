import { isDeepStrictEqual } from 'node:util';
import { type FoundRecord, nameOfLetter } from './inspectFiles.ts';

/** What an undisturbed run writes. */
export interface Reference {
  readonly captions: readonly FoundRecord[];
  readonly deadLetters: readonly FoundRecord[];
}

/** Differences of a completed job from an undisturbed one: windows that are missing, too many, or have another content. */
export function compareWithReference({ captions, deadLetters }: Reference, expected: Reference, isDeterministic: boolean): string[] {
  const differences: string[] = [];
  const found = new Map(captions.map((record) => [record['id'], record]));
  const ids = new Set(expected.captions.map(({ id }) => id));
  for (const record of expected.captions) {
    const { id } = record;
    const same = found.get(id);
    if (!same) differences.push(`window ${String(id)} is missing`);
    else if (!isDeepStrictEqual(comparable(same, isDeterministic), comparable(record, isDeterministic)))
      differences.push(`window ${String(id)} is another: ${unequal(same, record, isDeterministic)}`);
  }
  for (const { id } of captions) if (!ids.has(id)) differences.push(`window ${String(id)} is one too many`);
  const letters = new Set(deadLetters.map(nameOfLetter));
  const expectedLetters = new Set(expected.deadLetters.map(nameOfLetter));
  for (const name of expectedLetters) if (!letters.has(name)) differences.push(`${name} is missing`);
  for (const letter of deadLetters)
    if (!expectedLetters.has(nameOfLetter(letter)))
      differences.push(`${nameOfLetter(letter)} is one too many: ${String(letter['message'])}`);
  return differences;
}

/** What differs between runs: clocks, and what was paid when. The simulator's words depend on how often it was asked. */
const OF_THE_RUN = ['publishedAtUs', 'route', 'cache', 'inputTokens', 'outputTokens', 'costUsd', 'priceDate', 'target', 'configHash'];
const OF_THE_ANSWER = ['caption', 'rawCaption', 'confidence', 'flags', 'structured'];

const comparable = (record: FoundRecord, isDeterministic: boolean): FoundRecord =>
  Object.fromEntries(
    Object.entries(record).filter(([name]) => !OF_THE_RUN.includes(name) && (isDeterministic || !OF_THE_ANSWER.includes(name))),
  );

const unequal = (one: FoundRecord, other: FoundRecord, isDeterministic: boolean): string =>
  Object.keys(comparable(other, isDeterministic))
    .filter((name) => !isDeepStrictEqual(one[name], other[name]))
    .join(', ');
