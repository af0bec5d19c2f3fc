import { beside } from '../rendering/sideBySidePixels.ts';
import type { Renderer } from '../renderer.ts';

/**
 * Two ways to draw one window, in one picture: what one renderer hides the other may show, and every vendor takes it
 * as one picture. It is billed by its size.
 */
export function sideBySide(left: Renderer, right: Renderer): Renderer {
  const horizonUs = Math.max(left.horizonUs ?? 0, right.horizonUs ?? 0);
  return {
    name: 'sideBySide',
    params: { left: { name: left.name, ...left.params }, right: { name: right.name, ...right.params } },
    legend: `Two pictures of the same moment and the same scene, side by side. On the left: ${left.legend} On the right: ${right.legend}`,
    ...(horizonUs > 0 && { horizonUs }),
    draw: (window) => beside(left.draw(window), right.draw(window)),
  };
}
