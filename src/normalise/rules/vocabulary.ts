import { textRule } from '../textRule.ts';

/**
 * One word for one thing, where the choice is style and not meaning: participles that only present what
 * follows become "with", and the empty "on it" behind "with" goes. Things, actions, numbers, directions and
 * names are never touched: a vehicle is no car.
 */
export const vocabulary = textRule((text) => {
  const presented = PRESENTING.test(text) ? text.replaceAll(PRESENTING_ALL, ' with ') : text;
  return presented
    .replaceAll(/(?<!\s)\s+&\s+/g, ' and ')
    .replaceAll(/(\bwith\b(?:(?!\bwith\b)[^,.;])*?)(?<!\s)\s+(?:on|in)\s+(?:it|them)(?=[\s.,;]|$)/gi, '$1')
    .replaceAll(/\bwith\s+with\b/gi, 'with');
});

const PRESENTING_WORDS =
  '(?:featuring|showcasing|displaying|highlighting|boasting|presenting|complete with|along with|together with|characteri[sz]ed by)';
const PRESENTING = new RegExp(`\\b${PRESENTING_WORDS}\\b`, 'i');
const PRESENTING_ALL = new RegExp(`(?:,|(?<!\\s))\\s+(?:and\\s+)?${PRESENTING_WORDS}\\s+(?=\\S)`, 'gi');
