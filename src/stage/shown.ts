const MOST = 60;

/** What would move the cursor, end a line, or turn the direction of the text around it. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A foreign value as a message shows it: in quotes, escaped, and no longer than people read. */
export function shown(value: unknown): string {
  if (value instanceof Uint8Array) return quoted(Buffer.from(value.subarray(0, 4 * MOST)).toString('utf8'), value.length, 'bytes');
  if (typeof value === 'string') return quoted(value, value.length, 'characters');
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

/** A name in the middle of a sentence: the same without quotes. */
export const shownName = (name: string): string => (name.length <= MOST ? escaped(name) : `${escaped(name.slice(0, MOST))}…`);

const quoted = (text: string, length: number, unit: string): string =>
  length <= MOST ? `'${escaped(text)}'` : `'${escaped(text.slice(0, MOST))}…' of ${length.toLocaleString('en')} ${unit}`;

const escaped = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
