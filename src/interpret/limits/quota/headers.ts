/** The headers of a reply, by lower-case name. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The first value of a header. */
export const headerValue = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
};

/** A number of 0 or more; undefined for anything else. */
export const amountIn = (value: string | undefined): number | undefined => {
  if (value === undefined || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) && parsed >= 0 ? parsed : undefined;
};

/** Milliseconds from now until an HTTP or RFC 3339 date; 0 where it has passed. */
export const untilDateMs = (value: string, nowUnixMs: number): number | undefined => {
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowUnixMs);
};
