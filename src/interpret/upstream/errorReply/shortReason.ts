/** What an upstream said in one line of at most 200 characters, with anything that looks like a key or a picture cut out. */
export const shortReason = (message: string): string =>
  message
    .replace(/\b(sk|pk|key|AIza|ya29|Bearer)[-_.A-Za-z0-9*]{6,}/g, '[key]')
    .replace(/[A-Za-z0-9+/=]{64,}/g, '[data]')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
