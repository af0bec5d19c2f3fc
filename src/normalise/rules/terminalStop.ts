import { textRule } from '../rule.ts';

/** A capital at the beginning and one full stop at the end. A question or an exclamation is a statement here. */
export const terminalStop = textRule((text) => {
  const body = text
    .replace(/^(?:[\s,;:!?]|[.-](?!\d))+(?=\S)/, '')
    .replace(/[\s,;:.!?-]+(["')\]]?)$/, '$1')
    .trim();
  return body === '' ? '' : `${capital(body)}.`;
});

/** iPhone and eBay keep their spelling: only a word that is all lower case gets its capital. */
const capital = (text: string): string => (/^\p{Ll}(?!\p{L}*\p{Lu})/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);
