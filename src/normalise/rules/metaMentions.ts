import { textRule } from '../textRule.ts';

/**
 * "in the image" in the middle of a sentence says as little as at its beginning (see metaOpeners), and so do "you
 * can see" and "there is" behind a comma or an "and": what is named is there.
 */
export const metaMentions = textRule((text) => {
  const plain = MENTION.test(text) ? text.replaceAll(MENTIONS, '') : text;
  return PRESENCE.test(plain) ? plain.replaceAll(PRESENCES, '$1') : plain;
});

const MENTIONS =
  /(?:,|(?<!\s))\s+(?:(?:is|are)\s+)?(?:(?:shown|seen|depicted|pictured|captured|visible|displayed|featured|present|presented)\s+)?(?:in|within|from)\s+(?:the|this)\s+(?:provided\s+|given\s+|event(?:[- ]camera)?\s+)?(?:image|picture|photo|photograph|screenshot|frame)(?=[\s,.;)]|$),?(?!\s+(?:frame|of|on)\b)/gi;
const MENTION = /\b(?:the|this)\s+(?:[\w-]+\s+)?(?:image|picture|photo|photograph|screenshot|frame)\b/i;

const ARTICLE = '(?=(?:an?|the|two|three|four|five|six|seven|eight|nine|ten|\\d+|some|several|many|one|another|also|his|her|its|their)\\s)';
const PRESENCES = new RegExp(
  `((?:,|\\band|\\bwhile|\\bwhere)\\s+)(?:there(?:\\s+(?:is|are)|'s)|(?:i|we|you|one)\\s+(?:(?:can|could)\\s*)?(?:clearly\\s+|also\\s+)?(?:see|observe|notice|spot|make\\s+out))\\s+(?:also\\s+)?${ARTICLE}`,
  'gi',
);
const PRESENCE = /\b(?:there|i|we|you|one)\b/i;
