import type { Summary, TargetSummary } from '../../watch/summary.ts';

type Column = readonly [title: string, cell: (row: TargetSummary) => string];

const usd = (value: number | null): string => (value === null ? 'unknown' : `$${value.toFixed(4)}`);
const ms = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`);

const COLUMNS: readonly Column[] = [
  ['target', ({ target }) => target],
  ['asked', ({ asked }) => `${asked}`],
  ['answered', ({ answered }) => `${answered}`],
  ['rate-limited', ({ rateLimited }) => `${rateLimited}`],
  ['fell back', ({ fellBack }) => `${fellBack}`],
  ['tokens in', ({ inputTokens }) => `${inputTokens}`],
  ['tokens out', ({ outputTokens }) => `${outputTokens}`],
  ['cost', ({ costUsd }) => usd(costUsd)],
  ['p50', ({ p50Ms }) => ms(p50Ms)],
  ['p99', ({ p99Ms }) => ms(p99Ms)],
];

/** The summary of a run as text: a row per target, the sum of all windows, and where the output is. */
export function summaryTable(summary: Summary, outputs: Readonly<Record<string, string>>): string {
  const { windows, captioned, quiet, deadLettered, open, skipped, packets, packetsRejected, late, costUsd, seconds } = summary;
  const lines = [
    ...table(COLUMNS, summary.targets),
    '',
    `${windows} windows = ${captioned} captioned + ${quiet} quiet + ${deadLettered} dead-lettered${open > 0 ? ` + ${open} unfinished` : ''}`,
    `${packets} packets${packetsRejected > 0 ? `, ${packetsRejected} rejected` : ''}${late > 0 ? `, ${late} with late events` : ''}${skipped > 0 ? `; ${skipped} windows were published before` : ''}; ${usd(costUsd)} in ${seconds.toFixed(1)} s`,
    ...Object.entries(outputs).map(([what, where]) => `${what}: ${where}`),
  ];
  return `${lines.join('\n')}\n`;
}

function table(columns: readonly Column[], rows: readonly TargetSummary[]): string[] {
  if (rows.length === 0) return ['no target was asked'];
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '),
  );
}
