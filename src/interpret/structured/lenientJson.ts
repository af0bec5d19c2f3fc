/*
  Reads JSON as models spoil it:
    text   = anything value anything          the first { or [ begins it; fences, prose and byte order marks are skipped
    object = '{' (key [':'] value [','])* ['}']
    array  = '[' (value [','])* [']']
    key    = string | bare word
    value  = object | array | string | bare word     True, None, NaN, undefined are true, null
    string = any quote, up to a quote that , : } ] or the end follows: quotes and line breaks inside are text
  Comments (// and block) are skipped; what is missing at the end was cut off.
*/

export interface LenientJson {
  readonly value: unknown;
  /** Whether the text ended before the value did. */
  readonly isCut: boolean;
}

/** The first object or array in a text, or undefined where there is none. Never throws. */
export function lenientJson(text: string): LenientJson | undefined {
  const whole = strict(text.trim().replace(/^\uFEFF/, ''));
  if (typeof whole === 'string' && whole !== text) return lenientJson(whole);
  if (typeof whole === 'object' && whole !== null) return { value: whole, isCut: false };
  const begin = text.search(/[{[]/);
  if (begin === -1) return undefined;
  const cursor = { text, at: begin, isCut: false, depth: 0 };
  const value = readValue(cursor);
  return { value, isCut: cursor.isCut };
}

function strict(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Where the text is being read. */
interface Cursor {
  readonly text: string;
  at: number;
  isCut: boolean;
  depth: number;
}

/** Deeper nesting is no caption, and would cost the stack. */
const DEEPEST = 20;

function readValue(cursor: Cursor): unknown {
  skip(cursor);
  const char = cursor.text[cursor.at];
  if (char === undefined) {
    cursor.isCut = true;
    return null;
  }
  if ((char === '{' || char === '[') && cursor.depth < DEEPEST) {
    cursor.depth += 1;
    const value = char === '{' ? readObject(cursor) : readArray(cursor);
    cursor.depth -= 1;
    return value;
  }
  return QUOTES.includes(char) ? readString(cursor) : readBare(cursor);
}

function readObject(cursor: Cursor): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  cursor.at += 1;
  for (;;) {
    skip(cursor, ',');
    const char = cursor.text[cursor.at];
    if (char === undefined) cursor.isCut = true;
    if (char === '}') cursor.at += 1;
    if (char === undefined || char === '}' || char === ']') return Object.fromEntries(entries);
    const before = cursor.at;
    const key = QUOTES.includes(char) ? readString(cursor) : readKey(cursor);
    skip(cursor, ':=');
    entries.push([key, readValue(cursor)]);
    if (cursor.at === before) cursor.at += 1;
  }
}

function readArray(cursor: Cursor): unknown[] {
  const values: unknown[] = [];
  cursor.at += 1;
  for (;;) {
    skip(cursor, ',');
    const char = cursor.text[cursor.at];
    if (char === undefined) cursor.isCut = true;
    if (char === ']') cursor.at += 1;
    if (char === undefined || char === ']' || char === '}') return values;
    const before = cursor.at;
    values.push(readValue(cursor));
    if (cursor.at === before) cursor.at += 1;
  }
}

const QUOTES = '"\'“”„‘’`';
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function readString(cursor: Cursor): string {
  const open = cursor.text[cursor.at]!;
  const closing = open === '"' ? '"' : open === "'" || open === '`' ? open : '“”"‘’„';
  let content = '';
  for (cursor.at += 1; cursor.at < cursor.text.length; cursor.at += 1) {
    const char = cursor.text[cursor.at]!;
    if (char === '\\') {
      const next = cursor.text[cursor.at + 1] ?? '';
      const code = next === 'u' ? /^[\da-f]{4}/i.exec(cursor.text.slice(cursor.at + 2, cursor.at + 6)) : null;
      content += code ? String.fromCharCode(Number.parseInt(code[0], 16)) : (ESCAPES[next] ?? next);
      cursor.at += code ? 5 : 1;
      continue;
    }
    if (closing.includes(char) && ENDS.test(cursor.text.slice(cursor.at + 1, cursor.at + 40))) {
      cursor.at += 1;
      return content;
    }
    content += char;
  }
  cursor.isCut = true;
  return content;
}

/** What may follow the end of a string; a quote in the middle of one is followed by words. */
const ENDS = /^\s*(?:[,:}\]]|$|["'“”‘’]?\w+["'“”‘’]?\s*:|\/\/|\/\*)/;

function readKey(cursor: Cursor): string {
  const [key] = /^[^\s:=,{}[\]]*/.exec(cursor.text.slice(cursor.at)) ?? [''];
  cursor.at += key.length;
  return key;
}

function readBare(cursor: Cursor): unknown {
  const [word] = /^[^,}\]\n]*/.exec(cursor.text.slice(cursor.at)) ?? [''];
  cursor.at += word.length;
  const bare = (word.split(COMMENT, 1)[0] ?? '').trim();
  if (/^(?:true|false)$/i.test(bare)) return bare.toLowerCase() === 'true';
  if (/^(?:null|none|nan|undefined|-?infinity|)$/i.test(bare)) return null;
  const number = Number(bare);
  return Number.isNaN(number) ? bare : number;
}

const COMMENT = /\/[/*]/;

/** Spaces, comments, and any of `also`. */
function skip(cursor: Cursor, also = ''): void {
  for (;;) {
    const rest = cursor.text.slice(cursor.at, cursor.at + 2);
    const char = rest[0];
    if (char === undefined) return;
    if (rest === '//') cursor.at = lineEnd(cursor, cursor.at);
    else if (rest === '/*') cursor.at = after(cursor, '*/');
    else if (/\s/.test(char) || also.includes(char)) cursor.at += 1;
    else return;
  }
}

const lineEnd = ({ text }: Cursor, from: number): number => (text.indexOf('\n', from) === -1 ? text.length : text.indexOf('\n', from));
const after = ({ text, at }: Cursor, mark: string): number =>
  text.indexOf(mark, at) === -1 ? text.length : text.indexOf(mark, at) + mark.length;
