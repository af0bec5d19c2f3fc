/** Whether a file begins with these bytes; one that is shorter does not. */
export const startsWith = (head: Uint8Array, magic: Uint8Array): boolean =>
  head.length >= magic.length && magic.every((byte, i) => byte === head[i]);
