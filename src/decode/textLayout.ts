/** How the columns of a text file of events are to be read. */
export interface TextLayout {
  /** Which column holds what. */
  readonly t: number;
  readonly x: number;
  readonly y: number;
  readonly p: number;
  /** Microseconds of one unit of t. */
  readonly unitUs: number;
}

const NAMES: Readonly<Record<string, 't' | 'x' | 'y' | 'p'>> = {
  t: 't',
  ts: 't',
  time: 't',
  timestamp: 't',
  x: 'x',
  y: 'y',
  p: 'p',
  pol: 'p',
  polarity: 'p',
  on: 'p',
};

export const splitLine = (line: string): string[] => line.trim().split(/[\s,;]+/);

/** The part of the layout that the names in a heading give. */
export function columnsNamed(heading: string): Partial<Record<'t' | 'x' | 'y' | 'p', number>> {
  const found: Partial<Record<'t' | 'x' | 'y' | 'p', number>> = {};
  splitLine(heading.replace(/^[%#\s]+/, '')).forEach((word, column) => {
    const name = NAMES[/^[a-z]*/.exec(word.toLowerCase())![0]];
    if (name && found[name] === undefined) found[name] = column;
  });
  return found;
}

/**
 * The layout of lines without a heading, by what they hold: polarity is 0, 1 or -1; time does not go back and is the
 * widest or has decimals; x comes before y. Undefined if they are no events.
 */
export function layoutOf(lines: readonly string[], named: Partial<Record<'t' | 'x' | 'y' | 'p', number>> = {}): TextLayout | undefined {
  const rows = lines.map(splitLine);
  const width = Math.min(...rows.map((row) => row.length));
  if (rows.length === 0 || width < 4) return undefined;
  const values = rows.map((row) => row.slice(0, 4).map(Number));
  if (values.some((row) => row.some((value) => Number.isNaN(value)))) return undefined;
  const column = (index: number): number[] => values.map((row) => row[index] ?? Number.NaN);
  const forward = (index: number): boolean => column(index).every((value, i, all) => i === 0 || value >= (all[i - 1] ?? 0));
  const polar = (index: number): boolean => column(index).every((value) => value === 0 || value === 1 || value === -1);
  const largest = (index: number): number => Math.max(...column(index));
  const { t, x, y, p } = named;
  if (t !== undefined && x !== undefined && y !== undefined && p !== undefined) return { t, x, y, p, unitUs: unitOf(rows, t, largest(t)) };

  // The usual places: "t x y p" and "x y p t".
  for (const [time, polarity, first, second] of [
    [0, 3, 1, 2],
    [3, 2, 0, 1],
    [0, 1, 2, 3],
    [2, 3, 0, 1],
  ] as const) {
    if (!polar(polarity) || !forward(time)) continue;
    if (!hasDecimals(rows, time) && largest(time) < Math.max(largest(first), largest(second)) && rows.length > 1) continue;
    if (hasDecimals(rows, first) || hasDecimals(rows, second) || Math.max(largest(first), largest(second)) > 65_535) continue;
    return { t: time, x: first, y: second, p: polarity, unitUs: unitOf(rows, time, largest(time)) };
  }
  return undefined;
}

const hasDecimals = (rows: readonly (readonly string[])[], index: number): boolean => rows.some((row) => /[.eE]/.test(row[index] ?? ''));

/** Decimals are seconds; whole numbers are microseconds, or nanoseconds since 1970 where they are too large for that. */
const unitOf = (rows: readonly (readonly string[])[], index: number, largest: number): number =>
  hasDecimals(rows, index) ? 1e6 : largest > 1e17 ? 1e-3 : 1;
