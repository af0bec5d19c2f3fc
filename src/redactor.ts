/*
  Finds a secret in what an upstream says, however it is written. Text and secrets are compared by their letters and digits
  alone, without case, so that separators, line breaks and quotes between them hide nothing; and in these writings:

    as it is, reversed | %61 | \u0061, \x61 | &#97; &#x61; | full width | hex | base64 and base64url, at each of three alignments,
    and base64 of base64

  escapes in escapes up to three deep. A part of a secret counts from PART characters on: vendors shorten, too.
*/

/** Characters of a secret that are found on their own. A shorter secret is found as a whole, from SHORTEST characters on. */
const PART = 8;
const SHORTEST = 4;
const DEEPEST = 3;
const FOUND = '[key]';

/** A reading of a text: its letters and digits in lower case, and where each begins and ends in the text. */
interface Reading {
  readonly characters: string;
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

/** A function that puts `[key]` in the place of each of the secrets, and of parts of them. Its time is linear in the text. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const parts = new Map<number, Set<string>>();
  for (const written of secrets.flatMap(writings)) {
    const length = Math.min(PART, written.length);
    if (length < SHORTEST) continue;
    if (!parts.has(length)) parts.set(length, new Set());
    for (let at = 0; at + length <= written.length; at++) parts.get(length)!.add(written.slice(at, at + length));
  }
  if (parts.size === 0) return (text) => text;
  const mayHold = quickLook(parts);
  return (text) => {
    if (!mayHold(text)) return text;
    const found = new Uint8Array(text.length);
    let isFound = false;
    for (const reading of readings(text)) {
      for (const [length, some] of parts) isFound = mark(found, reading, length, some) || isFound;
    }
    return isFound ? withoutMarked(text, found) : text;
  };
}

/**
 * Whether a text needs a closer look, in one pass that allocates nothing: nearly all captions hold no escape, and no eight letters
 * and digits with the hash of a part. Secrets that are shorter than a part are always looked for.
 */
function quickLook(parts: ReadonlyMap<number, ReadonlySet<string>>): (text: string) => boolean {
  const hashes = new Uint8Array(2 ** 16);
  for (const part of parts.get(PART) ?? [])
    hashes[Array.from(part).reduce((hash, c) => Math.imul(hash, 31) + c.charCodeAt(0), 0) >>> 16] = 1;
  if ([...parts.keys()].some((length) => length < PART)) return () => true;
  const last = new Uint8Array(PART);
  const leaving = Array.from({ length: PART }).reduce<number>((power) => Math.imul(power, 31), 1);
  return (text) => {
    let hash = 0;
    last.fill(0);
    for (let i = 0, read = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (ESCAPE_BEGINS.has(code) || narrow(code) !== code) return true;
      if (!isLetterOrDigit(code)) continue;
      const lower = code | 0x20; // digits have that bit already
      hash = (Math.imul(hash, 31) + lower - Math.imul(leaving, last[read % PART]!)) | 0;
      last[read++ % PART] = lower;
      if (hashes[hash >>> 16] && read >= PART) return true;
    }
    return false;
  };
}

/** The letters and digits of each way in which a secret may be written. */
function writings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // What stands before a secret in base64 shifts it: its first and last digits depend on their neighbours, the rest does not.
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, bytes.length > 9 ? -4 : text.length);
  });
  const twice = Buffer.from(bytes.toString('base64')).toString('base64').slice(0, -4);
  const all = [secret, Array.from(secret).toReversed().join(''), bytes.toString('hex'), ...shifted, twice];
  return all.map((text) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

/** The text as it is, and with its escapes read, once for each depth. */
function* readings(text: string): Generator<Reading> {
  let depth = 0;
  let codes: readonly number[] = Array.from({ length: text.length }, (_, i) => narrow(text.charCodeAt(i)));
  let begins: readonly number[] = codes.map((_, i) => i);
  let ends: readonly number[] = codes.map((_, i) => i + 1);
  for (;;) {
    yield lettersAndDigits(codes, begins, ends);
    if (depth++ === DEEPEST) return;
    const read = withoutEscapes(codes, begins, ends);
    if (read.codes.length === codes.length) return;
    ({ codes, begins, ends } = read);
  }
}

function lettersAndDigits(codes: readonly number[], begins: readonly number[], ends: readonly number[]): Reading {
  const kept = codes.map((code, i) => (isLetterOrDigit(code) ? i : -1)).filter((i) => i >= 0);
  return {
    characters: kept
      .map((i) => String.fromCharCode(codes[i]!))
      .join('')
      .toLowerCase(),
    begins: kept.map((i) => begins[i]!),
    ends: kept.map((i) => ends[i]!),
  };
}

const isLetterOrDigit = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

/** The character of ASCII that one of full width stands for; any other as it is. */
const narrow = (code: number): number => (code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code);

/** No escape is longer. */
const LONGEST_ESCAPE = 10;
const ESCAPE = /^(?:%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,7});)/i;
const ESCAPE_BEGINS = new Set(Array.from('%\\&').map((character) => character.charCodeAt(0)));

function withoutEscapes(codes: readonly number[], begins: readonly number[], ends: readonly number[]) {
  const read: { codes: number[]; begins: number[]; ends: number[] } = { codes: [], begins: [], ends: [] };
  for (let at = 0; at < codes.length;) {
    const [code, length] = (ESCAPE_BEGINS.has(codes[at]!) && escapeAt(codes, at)) || [codes[at]!, 1];
    read.codes.push(code);
    read.begins.push(begins[at]!);
    read.ends.push(ends[at + length - 1]!);
    at += length;
  }
  return read;
}

function escapeAt(codes: readonly number[], at: number): readonly [code: number, length: number] | undefined {
  const [whole, percent, unicode, byte, hexEntity, entity] =
    ESCAPE.exec(String.fromCharCode(...codes.slice(at, at + LONGEST_ESCAPE))) ?? [];
  if (whole === undefined) return undefined;
  const hex = percent ?? unicode ?? byte ?? hexEntity;
  return [(hex === undefined ? Number(entity) : Number.parseInt(hex, 16)) & 0xffff, whole.length];
}

/** Marks the places of all parts that the reading holds. Returns whether there was one. */
function mark(found: Uint8Array, { characters, begins, ends }: Reading, length: number, parts: ReadonlySet<string>): boolean {
  let isFound = false;
  for (let at = 0; at + length <= characters.length; at++) {
    if (!parts.has(characters.slice(at, at + length))) continue;
    found.fill(1, begins[at], ends[at + length - 1]);
    isFound = true;
  }
  return isFound;
}

function withoutMarked(text: string, found: Uint8Array): string {
  let out = '';
  for (let at = 0; at < text.length;) {
    const end = found[at] ? next(found, 0, at) : next(found, 1, at);
    out += found[at] ? FOUND : text.slice(at, end);
    at = end;
  }
  return out;
}

function next(found: Uint8Array, value: number, from: number): number {
  const at = found.indexOf(value, from);
  return at < 0 ? found.length : at;
}
