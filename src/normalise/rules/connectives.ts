import { textRule } from '../textRule.ts';
import { capital, eachSentence } from '../sentencesOf.ts';

/** Words that hold an essay together hold nothing in a caption: "However, ...", "Overall, ...", "Yes, ...". */
export const connectives = textRule((text) => eachSentence(text, without));

const without = (sentence: string): string => {
  const rest = sentence.replace(CONNECTIVE, '');
  return rest === sentence || rest === '' ? sentence : capital(rest);
};

const CONNECTIVE =
  /^(?:(?:yes|sure|well|so|however|overall|additionally|furthermore|moreover|also|in addition|in summary|in conclusion|finally|meanwhile|therefore|thus|unfortunately|interestingly|notably|specifically|in general|generally|basically|essentially),\s+|(?:overall|additionally)\s+)+(?=\S)/i;
