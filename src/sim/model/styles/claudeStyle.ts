import type { SceneFacts } from '../../image/sceneFacts.ts';
import type { Choose } from '../../../random.ts';
import { words } from './support/words.ts';

/** Long, with headings and lists, and careful about what cannot be known. */
export function claudeStyle(facts: SceneFacts, pick: Choose): string {
  const title = pick(['# Event Camera Frame', '## Description', '**Event frame description**', '# Frame Analysis']);
  if (facts.blank)
    return `${title}\n\nThis frame appears to contain no significant activity. ${pick(["I don't see", 'There are no'])} moving objects or edges${pick(['.', ', which suggests that nothing changed during this window.'])}`;
  if (facts.count === 0) {
    return `${title}\n\nThe frame contains sparse, scattered points without a coherent structure. This pattern is consistent with sensor noise, though I can't be certain from a single frame.`;
  }
  const subject = pick(shapes[facts.shape]);
  const motion =
    facts.heading === 'unknown'
      ? pick([
          'The direction of motion is difficult to determine from a single frame.',
          'I cannot determine the direction of motion with confidence.',
        ])
      : `The arrangement of its edges suggests motion ${words.heading[facts.heading]}, though this is uncertain.`;
  const items = [
    `- **Main subject:** A ${facts.size === 'medium' ? 'moderately sized' : facts.size} ${subject} in the ${words.place(facts, 'central')} portion of the frame`,
    `- **Motion:** ${motion}`,
    ...(facts.count > 1
      ? [
          `- **Other elements:** ${words.capital(words.number(facts.count - 1))} additional ${facts.count === 2 ? 'cluster' : 'clusters'} of activity${facts.second ? `, the most prominent toward the ${facts.second}` : ''}`,
        ]
      : []),
    `- **Activity:** ${{ sparse: 'Sparse, indicating limited movement', moderate: 'Moderate throughout', dense: 'Dense, consistent with rapid or textured motion' }[facts.density]}`,
  ];
  return `${title}\n\n${pick(['This appears to be', 'This frame shows what appears to be'])} ${facts.count === 1 ? 'a single moving subject' : `a scene with ${words.number(facts.count)} distinct moving regions`}.\n\n${items.join('\n')}`;
}

const shapes = {
  tall: ['vertically oriented form', 'upright, elongated silhouette', 'tall, narrow structure'],
  wide: ['horizontally extended form', 'broad, elongated silhouette', 'wide structure'],
  compact: ['compact, rounded form', 'roughly circular silhouette', 'self-contained rounded structure'],
} as const;
