import type { SceneFacts } from '../../image/sceneFacts.ts';
import type { Choose } from '../../../random.ts';
import { words } from './support/words.ts';

/** The style of small open models: a quoted caption, repetitive, now and then without its full stop. */
export function plainStyle(facts: SceneFacts, pick: Choose): string {
  const say = (text: string): string => pick([`Caption: "${text}."`, `${text}.`, text, `The caption for this image is: "${text}."`]);
  if (facts.blank) return say(pick(['A dark background with nothing in it', 'A plain background']));
  if (facts.count === 0) return say('A black and white image of dots on a background');
  const noun = pick(shapes[facts.shape]);
  const heading = facts.heading === 'unknown' ? '' : ` moving ${words.heading[facts.heading]}`;
  const others =
    facts.count > 1 ? ` and other objects on the ${facts.second === undefined || facts.second === 'centre' ? 'center' : facts.second}` : '';
  return say(`A ${facts.size} ${noun}${heading} in the ${words.place(facts, 'center')}${others}`);
}

const shapes = {
  tall: ['person', 'pole', 'tall object'],
  wide: ['vehicle', 'wide object', 'bar'],
  compact: ['ball', 'round object', 'blob'],
} as const;
