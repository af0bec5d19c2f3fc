/** Words, and numbers with their sign and unit marks. */
export const tokens =
  /(?<![\p{L}\p{N}])[-+$£€¥#]{0,3}\p{N}+(?:[.,:/]\p{N}+)*[%°]?(?:-?[\p{L}]+)*|[\p{L}\p{M}\p{N}]+(?:[-'’./][\p{L}\p{M}\p{N}]+)*/gu;

/** "from left to right" without its small words would be neither: it is one word here. */
export const fromTo = (text: string): string =>
  FROM.test(text) ? text.replaceAll(FROM_TO, (_, from: string, to: string) => `${from}-to-${to}`) : text;

const WAY = '(?:the\\s+)?(left|right|top|bottom|front|back|north|south|east|west)';
const FROM = /\bfrom\s/i;
const FROM_TO = new RegExp(`\\bfrom\\s+${WAY}\\s+(?:to|towards?)\\s+${WAY}\\b`, 'gi');
