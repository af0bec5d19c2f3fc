/**
 * Reads a request's JSON without scanning its picture. A picture in base64 is a string of some ten thousand characters in which
 * nothing can be escaped; it is lifted out of the bytes first (two searches at memory speed), and `mark` is left in its place.
 * Measured: 40 KB bodies take about half the time of a plain JSON.parse.
 */
export interface Lifted {
  readonly json: unknown;
  /** base64 of the first picture, where one was lifted. */
  readonly base64: string | undefined;
}

/** What stands in the JSON instead. No base64: it could not be mistaken for a picture. */
export const mark = '@lifted';

const worthwhile = 2_048;
const openers = [';base64,', '"data":"', '"data": "'].map((text) => Buffer.from(text));

/** Throws SyntaxError. */
export function lift(body: Buffer): Lifted {
  for (const opener of body.length < worthwhile ? [] : openers) {
    const found = body.indexOf(opener);
    const start = found + opener.length;
    const end = found < 0 ? -1 : body.indexOf(0x22, start);
    if (end - start < worthwhile) continue;
    const json: unknown = JSON.parse(`${body.toString('utf8', 0, start)}${mark}${body.toString('utf8', end)}`);
    return { json, base64: body.toString('latin1', start, end) };
  }
  return { json: JSON.parse(body.toString()), base64: undefined };
}
