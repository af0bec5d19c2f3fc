import { toText } from './toText.ts';

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** 1 where nothing is given; at least 1 for a word that is no number, such as "several". */
export function toCount(value: unknown): number {
  const text = toText(value).toLowerCase();
  const count = Number(text === '' ? 1 : text);
  if (Number.isFinite(count)) return Math.max(0, Math.round(count));
  return Math.max(1, NUMBERS.indexOf(text));
}
