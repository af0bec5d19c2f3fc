import { textRule } from '../textRule.ts';

/**
 * One way to join: colon, semicolon and dash between parts become commas; commas that grammar does not need
 * (before "and", "with", a participle, behind an introduction of one word) go; quotes are double. Numbers keep
 * their commas, colons and minus signs, names their hyphens.
 */
export const punctuation = textRule((text) => (MARKS.test(text) ? plain(text) : text));

const MARKS = /[,;:']|\s-|\(/;

const plain = (text: string): string =>
  text
    .replaceAll(/(?:(?<!\s)\s+)?[;:](?=\s)\s*|(?<!\s)\s+-{1,2}\s+(?!\d)/g, ', ')
    .replaceAll(/(?<=,\s)(An?)(?=\s+\p{L})/gu, (article) => article.toLowerCase())
    .replaceAll(/(?<=^|[\s(])'([^']{1,80}?)'(?=[\s.,)!?]|$)/g, '"$1"')
    .replaceAll(/,(?=\s+(?:and|or|with|while|which|who|as|in|on|at|for|from|by|\p{L}+ing)\s)/gu, '')
    .replaceAll(/(?<!\s)\s+,/g, ',')
    .replaceAll(/,{2,}/g, ',');
