import type { ImageRule } from './modelFacts.ts';

/** Tokens that a picture of this size in pixels will be billed as. `low`: low detail or media resolution. */
export function imageTokens(rule: ImageRule, width: number, height: number, low = false): number {
  if (rule.by === 'flat') return low ? rule.low : rule.tokens;
  if (rule.by === 'patches') {
    const patches = Math.ceil(width / rule.side) * Math.ceil(height / rule.side);
    return Math.ceil(Math.min(patches, rule.cap) * rule.factor);
  }
  if (low) return rule.low;
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const scale = fit * Math.min(1, 768 / (Math.min(width, height) * fit));
  return rule.base + rule.tile * Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}
