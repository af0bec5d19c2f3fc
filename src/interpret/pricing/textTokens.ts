/** Tokens of plain English; good to about a fifth, and reconciled with what the vendor reports. */
export const textTokens = (...texts: readonly string[]): number => Math.ceil(texts.reduce((sum, { length }) => sum + length, 0) / 4);
