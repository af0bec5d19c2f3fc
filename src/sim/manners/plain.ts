import type { Facts } from '../facts.ts';
import type { Choose } from '../../random.ts';
import { headingWords, placeOf } from './words.ts';

/** As small open models speak: a quoted caption, repetitive, now and then without its full stop. */
export function plain(facts: Facts, pick: Choose): string {
  const say = (text: string): string => pick([`Caption: "${text}."`, `${text}.`, text, `The caption for this image is: "${text}."`]);
  if (facts.blank) return say(pick(['A dark background with nothing in it', 'A plain background']));
  if (facts.count === 0) return say('A black and white image of dots on a background');
  const noun = pick(shapes[facts.shape]);
  const heading = facts.heading === 'unknown' ? '' : ` moving ${headingWords[facts.heading]}`;
  const others =
    facts.count > 1 ? ` and other objects on the ${facts.second === undefined || facts.second === 'centre' ? 'center' : facts.second}` : '';
  return say(`A ${facts.size} ${noun}${heading} in the ${placeOf(facts, 'center')}${others}`);
}

const shapes = {
  tall: ['person', 'pole', 'tall object'],
  wide: ['vehicle', 'wide object', 'bar'],
  compact: ['ball', 'round object', 'blob'],
} as const;
