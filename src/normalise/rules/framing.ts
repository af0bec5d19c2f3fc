import { textRule } from '../textRule.ts';
import { capital, eachSentence } from '../sentencesOf.ts';

/** How near the camera was is said in one place and one way: "A close-up view of a hand" is "A hand in close-up". */
export const framing = textRule((text) => (FRAMED.test(text) ? eachSentence(text, inClose) : text));

function inClose(sentence: string): string {
  const rest = sentence.replace(FRAMED, '');
  if (rest === sentence) return sentence;
  const end = endOf(rest);
  return capital(`${rest.slice(0, end).trimEnd()} in close-up${rest.slice(end)}`);
}

/** Where the stops and quotes at the end of a sentence begin. */
function endOf(sentence: string): number {
  let end = sentence.length;
  while (end > 0 && `"')]`.includes(sentence[end - 1]!)) end--;
  while (end > 0 && '.!?'.includes(sentence[end - 1]!)) end--;
  return end;
}

const FRAMED =
  /^(?:an?\s+|the\s+)?(?:(?:very|extreme|detailed|blurry|blurred|clear|tight)\s+)*close(?:d)?[- ]?up(?:\s+(?:view|shot|look|image|photo|photograph|picture))?\s+of\s+(?=\S)/i;
