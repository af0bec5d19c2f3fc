import { print, printJson } from '../support/print.ts';
import type { Command } from 'commander';
import { type PriceRow, priceRows, pricesCheckedOn } from '../../interpret/pricing/priceRows.ts';
import { priceOf } from '../../interpret/pricing/price.ts';
import { today } from '../../interpret/pricing/today.ts';

/** `prices [MODEL]`: the prices that this version knows, since when they hold, and when they were checked. */
export const prices = (program: Command): void => {
  program
    .command('prices')
    .description('the price table: USD per million tokens, since when, from where, and how old it is')
    .argument('[model]', 'only models whose name contains this')
    .option('--json', 'print one JSON object')
    .action((model: string | undefined, { json }: { json?: boolean }) => {
      const report = priceReport(model, today(Date.now()));
      if (json) printJson(report);
      else print(describe(report, model));
    });
};

interface PriceReport {
  readonly checkedOn: string;
  readonly ageDays: number;
  readonly rows: readonly (PriceRow & { readonly holdsToday: boolean })[];
}

export function priceReport(model: string | undefined, day: string): PriceReport {
  return {
    checkedOn: pricesCheckedOn,
    ageDays: Math.max(0, Math.round((Date.parse(day) - Date.parse(pricesCheckedOn)) / 86_400_000)),
    rows: priceRows
      .filter((row) => model === undefined || row.model.includes(model.toLowerCase()))
      .map((row) => ({ ...row, holdsToday: priceOf(row.model, day)?.date === row.from })),
  };
}

function describe({ checkedOn, ageDays, rows }: PriceReport, model: string | undefined): string {
  const age = `compared with its sources on ${checkedOn}, ${ageDays} days ago`;
  if (rows.length === 0)
    return `No price is known for '${model ?? ''}'; its cost is null in records. Give one: price: { input, output }.\nThe table was ${age}.\n`;
  const cells = rows.map((row) => [
    row.model,
    row.provider,
    row.from,
    `${row.input}`,
    `${row.cachedInput}`,
    `${row.cacheWrite ?? row.input}`,
    `${row.output}`,
    `${row.batch * 100} %`,
    row.holdsToday ? row.source : `not today: ${row.source}`,
  ]);
  const all = [['model', 'provider', 'from', 'input', 'cached', 'cache write', 'output', 'batch', 'source'], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  const numbers = new Set([3, 4, 5, 6, 7]);
  const lines = all.map((line) =>
    line
      .map((cell, i) => (numbers.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n\nUSD per million tokens; pictures are billed as input. The table was ${age}.\n`;
}
