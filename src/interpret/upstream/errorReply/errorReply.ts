/** The error body of a reply in one shape. */
export interface ErrorReply {
  /** Whether the vendor's own error object was there: an empty or HTML body says nothing about who is at fault. */
  readonly known: boolean;
  readonly message: string;
  /** Code, type and status words, lower case, joined by spaces. */
  readonly codes: string;
  readonly raw: unknown;
}

/**
 * Reads an error body, whichever vendor it is from:
 *
 *   OpenAI     {"error":{"message","type","code","param"}}
 *   Anthropic  {"type":"error","error":{"type","message"}}, 413 as HTML from the edge
 *   Gemini     {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message","details":[...]}}, sometimes in an array
 *   others     {"detail"}, {"message","__type"}, HTML, or nothing
 */
export function errorReply(body: string): ErrorReply {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    const plain = /<html|<!doctype/i.test(body) ? (/<title>([^<]*)/i.exec(body)?.[1] ?? 'an HTML page') : body;
    return { known: false, message: plain, codes: '', raw: undefined };
  }
  const outer = (Array.isArray(json) ? json[0] : json) as Record<string, unknown> | null;
  if (typeof outer !== 'object' || outer === null) return { known: false, message: '', codes: '', raw: undefined };
  const inner = typeof outer['error'] === 'object' && outer['error'] !== null ? (outer['error'] as Record<string, unknown>) : outer;
  const words = [inner['code'], inner['type'], inner['status'], inner['__type'], ...reasons(inner['details'])];
  const message = [outer['error'], inner['message'], inner['detail'], inner['Message']].find((field) => typeof field === 'string');
  const codes = words
    .filter((word) => typeof word === 'string')
    .join(' ')
    .toLowerCase();
  return { known: codes !== '' || message !== undefined, message: message ?? '', codes, raw: inner };
}

/** Gemini's ErrorInfo reasons, such as API_KEY_INVALID. */
const reasons = (details: unknown): unknown[] =>
  Array.isArray(details) ? details.map((detail: { reason?: unknown }) => detail?.reason) : [];
