import { textRule } from '../textRule.ts';

/** Takes a caption out of its wrapping: `Caption: "..."`, `Sure! Here is a caption:`, quotes around the whole. */
export const wrappers = textRule((text) => {
  let inner = text;
  for (let before = ''; before !== inner;) {
    before = inner;
    inner = unquoted(inner.replace(OFFER, '').replace(LABEL, ''));
  }
  return inner;
});

const HERE = String.raw`(?:here(?:'s| is| are)|below is|this is|the following is)\s+(?:(?:an?|the|my|your|one|some)\s*)?(?:[\w-]+\s+){0,3}?(?:captions?|descriptions?|summary|answer)(?:\s+(?:of|for|describing)\s+(?:the|this|that|your)\s+(?:[\w-]+\s+){0,3}?(?:image|picture|photo|photograph|frame|scene))?\s*:\s*`;
const OFFER = new RegExp(
  String.raw`^(?:(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|great|alright)[!,.]\s*(?:${HERE})?|${HERE})`,
  'i',
);
const LABEL =
  /^(?:(?:short|brief|possible|suggested|dense|detailed|image|photo|picture|frame|final|proposed)\s+)?(?:captions?|descriptions?|title|summary|answer|response|alt[ -]?text|output)(?:\s*\([^)]{0,30}\))?\s*:\s*/i;

/** Quotes go when they surround the whole and nothing inside uses them; a lone opening one is a truncated wrapper. */
function unquoted(text: string): string {
  for (const quote of ['"', "'"]) {
    if (!text.startsWith(quote)) continue;
    const body = text.slice(1);
    const whole = new RegExp(`^([^${quote}]*)${quote}([.!?]?)$`).exec(body);
    if (whole) return `${(whole[1] ?? '').trim()}${/[.!?]$/.test((whole[1] ?? '').trim()) ? '' : whole[2]}`;
    if (quote === '"' && !body.includes(quote)) return body.trim();
  }
  return text;
}
