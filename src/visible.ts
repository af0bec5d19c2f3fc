/** Control and format characters (also those that turn the direction of writing), halves of characters, what is no character, line ends. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Foreign text for people: what would move the cursor, turn the writing or hide something is written as `\u{1b}`; long text is cut.
 *
 * @param longest in characters
 */
export function visible(text: string, longest = 2000): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}... (${text.length} characters)` : text;
  return cut.replaceAll(UNSEEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The same for one line of JSON, which keeps its meaning: the characters are written as JSON escapes. */
export const visibleJson = (line: string): string => line.replaceAll(UNSEEN, jsonEscape);

const jsonEscape = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
