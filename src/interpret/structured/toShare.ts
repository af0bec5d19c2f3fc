import { toText } from './toText.ts';

const CONFIDENCE: Readonly<Record<string, number>> = { high: 0.9, medium: 0.6, moderate: 0.6, low: 0.3, none: 0 };

/** 0..1: 0.8, "0.8", "80%", 80 and "high" are all the same thing to a model. */
export function toShare(value: unknown): number {
  const text = toText(value).toLowerCase();
  const named = CONFIDENCE[text];
  if (named !== undefined) return named;
  const number = Number.parseFloat(text);
  if (!Number.isFinite(number)) return 1;
  return Math.min(1, Math.max(0, text.endsWith('%') || number > 1 ? number / 100 : number));
}
