import { textRule } from '../textRule.ts';

/**
 * One space between words, plain quotes, dashes and dots, no invisible characters. Letters of every script stay
 * as they are: only NFC, because two spellings of one letter are two tokens to a model that is trained on them.
 */
export const whitespace = textRule((text) => {
  const plain = PLAIN.test(text) ? text : plainLetters(text);
  return RUNS.test(plain) ? plain.replaceAll(/\s+/g, ' ').trim() : plain;
});

/** Nothing to do for most captions, so that they cost two tests. */
const PLAIN = /^[\x20-\x7E\s]*$/;
const RUNS = /^\s|\s$|\s\s|[^\S ]/;

const plainLetters = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/[\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2064\uFEFF\uFFFD]|[\p{Cc}--\s]/gv, '')
    .replaceAll(/[\u2018\u2019\u201A\u201B\u2032\u00B4`]/g, "'")
    .replaceAll(/[\u201C-\u201F\u2033\u00AB\u00BB]/g, '"')
    .replaceAll(/[\u2010\u2011]/g, '-')
    .replaceAll(/[\u2014\u2015]/g, ' - ')
    .replaceAll(/(?<=\d)\u2013(?=\d)/g, '-')
    .replaceAll(/\u2013/g, ' - ')
    .replaceAll('\u2026', '...');
