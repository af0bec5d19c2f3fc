/** What is looked at of a message: far more than is kept, so that nothing that is cut out was cut in two before. */
const LOOKED_AT = 16_384;
const KEPT = 200;

/**
 * What an upstream said in one line of at most 200 characters, with anything that looks like a key or a picture cut out.
 *
 * @param redact takes out the secrets that are known
 */
export const shortReason = (message: string, redact: (text: string) => string = (text) => text): string =>
  redact(message.slice(0, LOOKED_AT))
    .replace(/\b(sk|pk|key|AIza|ya29|Bearer)[-_.A-Za-z0-9*]{6,}/g, '[key]')
    .replace(/[A-Za-z0-9+/=_-]{64,}/g, '[data]')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, KEPT);
