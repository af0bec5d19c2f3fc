import { hashedPart } from '../../stage/item.ts';
import { nestedPart } from '../rendering/nestedPart.ts';
import { sideBySidePixels } from '../rendering/sideBySidePixels.ts';
import type { Renderer } from '../renderer.ts';

/**
 * One window drawn by two renderers, in one picture: one may show what the other hides, and every vendor takes it
 * as one picture, billed by its size.
 */
export function sideBySide(left: Renderer, right: Renderer): Renderer {
  const horizonUs = Math.max(left.horizonUs ?? 0, right.horizonUs ?? 0);
  return {
    name: 'sideBySide',
    params: { left: nestedPart(left), right: nestedPart(right) },
    hashedAs: { name: 'sideBySide', params: { left: nestedPart(hashedPart(left)), right: nestedPart(hashedPart(right)) } },
    legend: `Two pictures of the same moment and the same scene, side by side. On the left: ${left.legend} On the right: ${right.legend}`,
    ...(horizonUs > 0 && { horizonUs }),
    draw: (window) => sideBySidePixels(left.draw(window), right.draw(window)),
  };
}
