import { textRule } from '../textRule.ts';
import { capital, eachSentence } from '../sentencesOf.ts';

/**
 * Models that answer in lists label what they say: "Main subject: A car ..." is "A car ...". Only labels that name a
 * part of a description, and only before words that stand alone: in "Activity: moderate" the label is the noun.
 */
export const labels = textRule((text) => (text.includes(':') ? eachSentence(text, unlabelled) : text));

const unlabelled = (sentence: string): string => {
  const rest = sentence.replace(LABEL, '');
  return rest === sentence ? sentence : capital(rest);
};

const LABEL =
  /^(?:(?:main|primary|other|additional|secondary|key|visible|overall|possible)\s+)?(?:subjects?|motions?|movements?|elements?|objects?|scene|setting|background|foreground|overview|description|details?|composition|layout|direction|content|observations?|interpretation|notes?|shapes?|figures?)\s*:\s+(?=(?:an?|the|one|two|three|four|five|several|some|many|there|it|no)\s)/i;
