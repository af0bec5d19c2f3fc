const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
/** Between strings: punctuation, numbers, true, false and null. */
const BARE = new Set(Buffer.from(' ,:0123456789+-.eEtrufalsn'));

/** Whether bytes are the beginning of a JSON object that was not finished. */
export function isJsonBegun(bytes: Buffer): boolean {
  let depth = 0;
  let isString = false;
  for (let i = 0; i < bytes.byteLength; i++) {
    const byte = bytes[i]!;
    if (isString) {
      if (byte < 0x20) return false;
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isString = false;
    } else if (OPEN.has(byte)) depth++;
    else if (depth === 0) return false;
    else if (byte === QUOTE) isString = true;
    else if (CLOSE.has(byte)) {
      // What is finished is not torn.
      if (--depth === 0) return false;
    } else if (!BARE.has(byte)) return false;
  }
  return depth > 0;
}
