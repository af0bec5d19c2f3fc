/**
 * Parses a request's JSON without scanning its image. An image in base64 is a string of some ten thousand characters in which
 * nothing can be escaped; it is cut out of the bytes first (two searches at memory speed), and a placeholder is left in its place.
 * Measured: 40 KB bodies take about half the time of a plain JSON.parse.
 */
export interface ParsedRequest {
  readonly json: unknown;
  /** base64 of the first image, where one was cut out. */
  readonly base64: string | undefined;
}

/** Stands in the JSON for the image. It is no base64, so it cannot be mistaken for one. */
export const imagePlaceholder = '@image';

const WORTHWHILE_BYTES = 2_048;
const OPENERS = [';base64,', '"data":"', '"data": "'].map((text) => Buffer.from(text));

/** Throws SyntaxError. */
export function parseRequestJson(body: Buffer): ParsedRequest {
  for (const opener of body.length < WORTHWHILE_BYTES ? [] : OPENERS) {
    const found = body.indexOf(opener);
    const start = found + opener.length;
    const end = found < 0 ? -1 : body.indexOf(0x22, start);
    if (end - start < WORTHWHILE_BYTES) continue;
    const json: unknown = JSON.parse(`${body.toString('utf8', 0, start)}${imagePlaceholder}${body.toString('utf8', end)}`);
    return { json, base64: body.toString('latin1', start, end) };
  }
  return { json: JSON.parse(body.toString()), base64: undefined };
}
