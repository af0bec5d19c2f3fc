import type { SceneFacts } from '../../image/sceneFacts.ts';
import type { Choose } from '../../../random.ts';
import { words } from './support/words.ts';

/** Opens with a phrase about the image, hedges, and ends with a remark about the whole scene. */
export function gptStyle(facts: SceneFacts, pick: Choose): string {
  const opener = pick([
    'The image shows',
    'The image depicts',
    'This image appears to show',
    'In this image, there is',
    'The event-camera frame shows',
  ]);
  if (facts.blank)
    return `${opener} ${pick(['an essentially empty scene', 'a uniform background'])} with no ${pick(['discernible', 'visible'])} motion.`;
  if (facts.count === 0) {
    return `${opener} what appears to be ${pick(['scattered', 'randomly distributed'])} activity with no clear object. It ${pick(['may', 'might'])} be ${pick(['sensor noise', 'background noise or flicker'])}.`;
  }
  const noun = pick(shapes[facts.shape]);
  const moving = facts.heading === 'unknown' ? '' : `, ${pick(['possibly', 'seemingly', 'likely'])} moving ${words.heading[facts.heading]}`;
  const main = `${opener} ${pick(['what appears to be ', 'what looks like ', ''])}a ${facts.size === 'medium' ? '' : `${facts.size} `}${noun} ${pick(['in', 'located in', 'positioned toward'])} the ${words.place(facts, 'center')} of the frame${moving}.`;
  const others =
    facts.count > 1
      ? ` ${pick(facts.count === 2 ? ['There also seems to be', 'Additionally, there appears to be'] : ['There also seem to be', 'Additionally, there appear to be'])} ${words.number(facts.count - 1)} other ${facts.count === 2 ? 'moving region' : 'moving regions'}${facts.second ? ` toward the ${facts.second === 'centre' ? 'center' : facts.second}` : ''}.`
      : '';
  const whole = {
    sparse: ' The overall scene is sparse, suggesting little motion.',
    moderate: ' The overall activity is moderate.',
    dense: ' The overall scene is dense, suggesting fast motion or a textured background.',
  }[facts.density];
  return main + others + pick([whole, whole, '']);
}

const shapes = {
  tall: ['vertical, upright shape', 'tall figure-like shape', 'vertically elongated object'],
  wide: ['horizontally elongated object', 'wide shape', 'broad horizontal structure'],
  compact: ['rounded object', 'compact shape', 'roughly circular outline'],
} as const;
