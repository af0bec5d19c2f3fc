const PAGE = 4096;
/** Fewer zeros than this may be anything. */
const FEWEST = 8;

/**
 * Whether bytes at the end of a file have what a loss of power leaves where pages were not written: zeros up to the end, or
 * over a whole page.
 *
 * @param at where in the file they begin
 */
export function hasUnwrittenPages(bytes: Buffer, at: number): boolean {
  if (bytes.byteLength > 0 && isZero(bytes, Math.max(0, bytes.byteLength - FEWEST), bytes.byteLength)) return true;
  for (let start = 0; start < bytes.byteLength;) {
    const end = Math.min(bytes.byteLength, start + PAGE - ((at + start) % PAGE));
    if (end - start >= FEWEST && isZero(bytes, start, end)) return true;
    start = end;
  }
  return false;
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0) return false;
  return true;
}
