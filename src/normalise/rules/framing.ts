import { textRule } from '../textRule.ts';
import { capital, eachSentence } from '../sentencesOf.ts';

/** How near the camera was is said in one place and one way: "A close-up view of a hand" is "A hand in close-up". */
export const framing = textRule((text) => (FRAMED.test(text) ? eachSentence(text, inClose) : text));

function inClose(sentence: string): string {
  const rest = sentence.replace(FRAMED, '');
  return rest === sentence ? sentence : capital(rest.replace(/\s*([.!?]*["')\]]*)$/, ' in close-up$1'));
}

const FRAMED =
  /^(?:an?\s+|the\s+)?(?:(?:very|extreme|detailed|blurry|blurred|clear|tight)\s+)*close(?:d)?[- ]?up(?:\s+(?:view|shot|look|image|photo|photograph|picture))?\s+of\s+(?=\S)/i;
