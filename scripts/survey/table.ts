import type { Spread, Survey } from './measure.ts';

const spread = ({ median, p90, max }: Spread): string => `${median} / ${p90} / ${max}`;

const figures: readonly [what: string, of: (survey: Survey) => string][] = [
  ['files', ({ files }) => `${files}`],
  ['lines', ({ lines }) => `${lines}`],
  ['rooms (folders that hold files)', ({ rooms }) => `${rooms.length}`],
  ['most files in one room', ({ rooms }) => `${Math.max(...rooms.map(({ files }) => files))}`],
  ['lines of a file: median / p90 / longest', ({ fileLines }) => spread(fileLines)],
  ['lines of a function: median / p90 / longest', ({ functionLines }) => spread(functionLines)],
];

/** What is counted in the table and listed below it. */
const findings: readonly [what: string, of: (survey: Survey) => readonly string[]][] = [
  ['functions over 100 lines', ({ functionsOver100 }) => functionsOver100.map((at) => `${at.path}:${at.line} ${at.name} ${at.lines}`)],
  ['circles of files, types included', ({ fileCircles }) => fileCircles],
  ['circles of folders', ({ folderCircles }) => folderCircles],
  ['imports that run up', ({ importsUp }) => importsUp],
  ['rooms that are not in the order', ({ roomsWithoutFloor }) => roomsWithoutFloor],
  ['imports of a plug-in by a stage', ({ pluginsNamed }) => pluginsNamed],
  ['files not named as their export', ({ notNamedAsExport }) => notNamedAsExport],
  ['files beside plug-ins that are none', ({ notPlugins }) => notPlugins],
  ['AbortSignals stored in a field', ({ storedSignals }) => storedSignals],
  ['public names that shadow RxJS', ({ shadowsOfRxjs }) => shadowsOfRxjs],
  ['npm scripts', ({ npmScripts }) => npmScripts],
];

type Columns = readonly { readonly name: string; readonly survey: Survey }[];

/** The figures and the rooms, one column for each survey; then the findings of the last one. */
export function table(columns: Columns): string {
  const row = (what: string, of: (survey: Survey) => string): string[] => [what, ...columns.map(({ survey }) => of(survey))];
  const empty = row('', () => '');
  const lines = grid([
    ['', ...columns.map(({ name }) => name)],
    ...figures.map(([what, of]) => row(what, of)),
    ...findings.map(([what, of]) => row(what, (survey) => `${of(survey).length}`)),
    empty,
    ...roomsOf(columns).map((name) => row(name, ({ rooms }) => `${rooms.find(({ room }) => room === name)?.files ?? ''}`)),
  ]);
  return [...lines, '', ...lists(columns.at(-1)!.survey), ''].join('\n');
}

const roomsOf = (columns: Columns): string[] =>
  [...new Set(columns.flatMap(({ survey }) => survey.rooms.map(({ room }) => room)))].toSorted();

function lists(survey: Survey): string[] {
  const largest = survey.largestFiles.map(({ path, lines }) => `${path} ${lines}`);
  return [['largest files', largest] as const, ...findings.map(([what, of]) => [what, of(survey)] as const)]
    .filter(([, items]) => items.length > 0)
    .flatMap(([what, items]) => [`${what}:`, ...items.map((item) => `  ${item}`)]);
}

/** Lines in which the first column is flush left and the others are flush right. */
function grid(all: readonly (readonly string[])[]): string[] {
  const widths = all[0]!.map((_, n) => Math.max(...all.map((row) => row[n]!.length)));
  const padded = (row: readonly string[]): string[] =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!)));
  return all.map((row) => padded(row).join('  ').trimEnd());
}
