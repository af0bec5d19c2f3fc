/** Control and format characters (also those that turn the direction of writing), halves of characters, what is no character, line ends. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const LONGEST = 2000;

/** Foreign text for a terminal: what would move the cursor, turn the writing or hide something is written as `\u{1b}`; long text is cut. */
export function printable(text: string, longest = LONGEST): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}... (${text.length} characters)` : text;
  return cut.replaceAll(UNSEEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

const jsonEscape = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** One JSON value for stdout; the same characters are written as JSON escapes. */
export function printJson(value: unknown, indent?: number): void {
  const lines = JSON.stringify(value, undefined, indent).split('\n');
  process.stdout.write(`${lines.map((line) => line.replaceAll(UNSEEN, jsonEscape)).join('\n')}\n`);
}

/** Text of several lines of ours for stdout, where foreign words may stand in it. */
export const print = (text: string): void => void process.stdout.write(printableLines(text));

export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line, Infinity))
    .join('\n');
