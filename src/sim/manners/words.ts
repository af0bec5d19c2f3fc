import type { Facts } from '../facts.ts';

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

export const numberWord = (count: number): string => numbers[count] ?? 'many';

/** "upper left", "centre", "right": where the main thing is. */
export const placeOf = ({ side, level }: Facts, centre = 'centre'): string => {
  if (level === 'middle') return side === 'centre' ? centre : side;
  return side === 'centre' ? `${level} ${centre}` : `${level} ${side}`;
};

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const headingWords = { left: 'to the left', right: 'to the right', up: 'upwards', down: 'downwards', unknown: '' } as const;
