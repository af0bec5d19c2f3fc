import { hash } from 'node:crypto';

const LONGEST = 40;
/** Control characters, invisible marks such as right-to-left, line separators, halves of characters; and the mark of an escape itself. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/gu;

/**
 * The name of a sensor as labels and logs show it: whoever sends the packets has chosen it. What cannot be seen is escaped, and long names
 * are cut; two names stay two.
 */
export function sensorLabel(name: string): string {
  const escaped = name
    .slice(0, LONGEST)
    .replace(HIDDEN, (found) => (found === '\\' ? '\\\\' : `\\u{${found.codePointAt(0)!.toString(16)}}`));
  return name.length <= LONGEST && escaped.length <= 2 * LONGEST
    ? escaped
    : `${escaped.slice(0, LONGEST)}…#${hash('sha256', name).slice(0, 12)}`;
}
