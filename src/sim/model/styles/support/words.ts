import type { SceneFacts } from '../../../image/sceneFacts.ts';

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

/** Words that all styles share. */
export const words = {
  number: (count: number): string => numbers[count] ?? 'many',
  /** "upper left", "centre", "right": where the largest region is. */
  place: ({ side, level }: Pick<SceneFacts, 'side' | 'level'>, centre = 'centre'): string => {
    if (level === 'middle') return side === 'centre' ? centre : side;
    return side === 'centre' ? `${level} ${centre}` : `${level} ${side}`;
  },
  capital: (text: string): string => text.charAt(0).toUpperCase() + text.slice(1),
  heading: { left: 'to the left', right: 'to the right', up: 'upwards', down: 'downwards', unknown: '' },
} as const;
