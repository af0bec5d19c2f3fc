import { textRule } from '../rule.ts';
import { capital } from '../sentences.ts';

/**
 * How near the camera was is not what the caption is about: "A close-up view of a hand" is "A hand". For prose
 * only; the other forms keep the words.
 */
export const framing = textRule((text) => (FRAMED.test(text) ? capital(text.replace(FRAMED, '')) : text));

const FRAMED =
  /^(?:an?\s+|the\s+)?(?:[\w-]+\s+)?close(?:d)?[- ]?up(?:\s+(?:view|shot|look|image|photo|photograph|picture))?\s+of\s+(?=\S)/i;
