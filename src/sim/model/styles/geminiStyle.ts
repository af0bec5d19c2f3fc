import type { SceneFacts } from '../../image/sceneFacts.ts';
import type { Choose } from '../../../random.ts';
import { words } from './support/words.ts';

/** Terse: one line, or a short list with asterisks. */
export function geminiStyle(facts: SceneFacts, pick: Choose): string {
  if (facts.blank) return pick(['No motion detected.', 'Empty frame. No motion.', 'Static scene, no events.']);
  if (facts.count === 0) return pick(['Random noise, no distinct objects.', 'Scattered noise. No clear object.']);
  const noun = pick(shapes[facts.shape]);
  const heading = facts.heading === 'unknown' ? '' : ` moving ${words.heading[facts.heading].replace('to the ', '')}`;
  const main = `${facts.size === 'medium' ? '' : `${facts.size} `}${noun}${heading}, ${words.place(facts, 'center')}`;
  const others =
    facts.count > 1
      ? `${words.number(facts.count - 1)} more moving ${facts.count === 2 ? 'object' : 'objects'}${facts.second ? `, ${facts.second === 'centre' ? 'center' : facts.second}` : ''}`
      : '';
  const lines = [main, ...(others ? [others] : []), `${facts.density} activity`].map(words.capital);
  return pick([true, false]) ? lines.map((line) => `*   ${line}`).join('\n') : `${lines.join('. ')}.`;
}

const shapes = {
  tall: ['vertical object', 'upright figure', 'tall shape'],
  wide: ['horizontal object', 'wide shape', 'elongated object'],
  compact: ['round object', 'compact object', 'circular shape'],
} as const;
