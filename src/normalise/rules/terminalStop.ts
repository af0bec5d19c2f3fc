import { textRule } from '../textRule.ts';
import { capital } from '../sentencesOf.ts';

/** A capital at the beginning and one full stop at the end. A question or an exclamation is a statement here. */
export const terminalStop = textRule((text) => {
  const body = text
    .replace(/^(?:[\s,;:!?]|[.-](?!\d))+(?=\S)/, '')
    .replace(/(?<![\s,;:.!?-])[\s,;:.!?-]+(["')\]]?)$/, '$1')
    .trim();
  return body === '' ? '' : `${capital(body)}.`;
});
