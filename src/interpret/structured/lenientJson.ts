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

export interface Read {
  readonly value: unknown;
  /** Whether the text ended before the value did. */
  readonly cut: boolean;
}

/** The first object or array in a text, or undefined where there is none. Never throws. */
export function lenientJson(text: string): Read | undefined {
  const whole = strict(text.trim().replace(/^\uFEFF/, ''));
  if (typeof whole === 'string' && whole !== text) return lenientJson(whole);
  if (typeof whole === 'object' && whole !== null) return { value: whole, cut: false };
  const begin = text.search(/[{[]/);
  if (begin === -1) return undefined;
  const reader = { text, at: begin, cut: false, depth: 0 };
  const value = readValue(reader);
  return { value, cut: reader.cut };
}

function strict(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Reader {
  readonly text: string;
  at: number;
  cut: boolean;
  depth: number;
}

/** Deeper nesting is no caption, and would cost the stack. */
const DEEPEST = 20;

function readValue(reader: Reader): unknown {
  skip(reader);
  const char = reader.text[reader.at];
  if (char === undefined) {
    reader.cut = true;
    return null;
  }
  if ((char === '{' || char === '[') && reader.depth < DEEPEST) {
    reader.depth += 1;
    const value = char === '{' ? readObject(reader) : readArray(reader);
    reader.depth -= 1;
    return value;
  }
  return QUOTES.includes(char) ? readString(reader) : readBare(reader);
}

function readObject(reader: Reader): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  reader.at += 1;
  for (;;) {
    skip(reader, ',');
    const char = reader.text[reader.at];
    if (char === undefined) reader.cut = true;
    if (char === '}') reader.at += 1;
    if (char === undefined || char === '}' || char === ']') return Object.fromEntries(entries);
    const before = reader.at;
    const key = QUOTES.includes(char) ? readString(reader) : readKey(reader);
    skip(reader, ':=');
    entries.push([key, readValue(reader)]);
    if (reader.at === before) reader.at += 1;
  }
}

function readArray(reader: Reader): unknown[] {
  const values: unknown[] = [];
  reader.at += 1;
  for (;;) {
    skip(reader, ',');
    const char = reader.text[reader.at];
    if (char === undefined) reader.cut = true;
    if (char === ']') reader.at += 1;
    if (char === undefined || char === ']' || char === '}') return values;
    const before = reader.at;
    values.push(readValue(reader));
    if (reader.at === before) reader.at += 1;
  }
}

const QUOTES = '"\'“”„‘’`';
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function readString(reader: Reader): string {
  const open = reader.text[reader.at]!;
  const closing = open === '"' ? '"' : open === "'" || open === '`' ? open : '“”"‘’„';
  let said = '';
  for (reader.at += 1; reader.at < reader.text.length; reader.at += 1) {
    const char = reader.text[reader.at]!;
    if (char === '\\') {
      const next = reader.text[reader.at + 1] ?? '';
      const code = next === 'u' ? /^[\da-f]{4}/i.exec(reader.text.slice(reader.at + 2, reader.at + 6)) : null;
      said += code ? String.fromCharCode(Number.parseInt(code[0], 16)) : (ESCAPES[next] ?? next);
      reader.at += code ? 5 : 1;
      continue;
    }
    if (closing.includes(char) && ENDS.test(reader.text.slice(reader.at + 1, reader.at + 40))) {
      reader.at += 1;
      return said;
    }
    said += char;
  }
  reader.cut = true;
  return said;
}

/** What may follow the end of a string; a quote in the middle of one is followed by words. */
const ENDS = /^\s*(?:[,:}\]]|$|["'“”‘’]?\w+["'“”‘’]?\s*:|\/\/|\/\*)/;

function readKey(reader: Reader): string {
  const [key] = /^[^\s:=,{}[\]]*/.exec(reader.text.slice(reader.at)) ?? [''];
  reader.at += key.length;
  return key;
}

function readBare(reader: Reader): unknown {
  const [word] = /^[^,}\]\n]*/.exec(reader.text.slice(reader.at)) ?? [''];
  reader.at += word.length;
  const said = word.replace(/\s*(?:\/\/|\/\*).*$/, '').trim();
  if (/^(?:true|false)$/i.test(said)) return said.toLowerCase() === 'true';
  if (/^(?:null|none|nan|undefined|-?infinity|)$/i.test(said)) return null;
  const number = Number(said);
  return Number.isNaN(number) ? said : number;
}

/** Spaces, comments, and any of `also`. */
function skip(reader: Reader, also = ''): void {
  for (;;) {
    const rest = reader.text.slice(reader.at, reader.at + 2);
    const char = rest[0];
    if (char === undefined) return;
    if (rest === '//') reader.at = lineEnd(reader, reader.at);
    else if (rest === '/*') reader.at = after(reader, '*/');
    else if (/\s/.test(char) || also.includes(char)) reader.at += 1;
    else return;
  }
}

const lineEnd = ({ text }: Reader, from: number): number => (text.indexOf('\n', from) === -1 ? text.length : text.indexOf('\n', from));
const after = ({ text, at }: Reader, mark: string): number =>
  text.indexOf(mark, at) === -1 ? text.length : text.indexOf(mark, at) + mark.length;
