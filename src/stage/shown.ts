import { visible } from '../visible.ts';

const MOST = 60;

/** A foreign value as a message shows it: in quotes, escaped, and no longer than people read. */
export function shown(value: unknown): string {
  if (value instanceof Uint8Array) return quoted(Buffer.from(value.subarray(0, 4 * MOST)).toString('utf8'), value.length, 'bytes');
  if (typeof value === 'string') return quoted(value, value.length, 'characters');
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

/** A name in the middle of a sentence: the same without quotes. */
export const shownName = (name: string): string => (name.length <= MOST ? visible(name) : `${visible(name.slice(0, MOST))}…`);

const quoted = (text: string, length: number, unit: string): string =>
  length <= MOST ? `'${visible(text)}'` : `'${visible(text.slice(0, MOST))}…' of ${length.toLocaleString('en')} ${unit}`;
