import * as rxjs from 'rxjs';
import { basename, dirname } from 'node:path/posix';
import { circles } from './circles.ts';
import { floorOf, isPlugin, namesPlugin, roomOf, runsUp } from './importRules.ts';
import type { FunctionSpan, SourceFile } from './readTree.ts';
import { unnamed } from './rooms.ts';

/** One finding, as a reader looks for it: `path: what`. */
export type Finding = string;

export interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

export interface Survey {
  readonly files: number;
  readonly lines: number;
  /** Folders that hold files, each with how many; files of the folders in it are not counted. */
  readonly rooms: readonly { readonly room: string; readonly files: number }[];
  readonly largestFiles: readonly { readonly path: string; readonly lines: number }[];
  readonly fileLines: Spread;
  readonly functionLines: Spread;
  readonly functionsOver100: readonly (FunctionSpan & { readonly path: string })[];
  readonly fileCircles: readonly Finding[];
  readonly folderCircles: readonly Finding[];
  readonly importsUp: readonly Finding[];
  readonly roomsWithoutFloor: readonly string[];
  readonly pluginsNamed: readonly Finding[];
  readonly notNamedAsExport: readonly Finding[];
  readonly notPlugins: readonly Finding[];
  readonly storedSignals: readonly Finding[];
  readonly shadowsOfRxjs: readonly string[];
  readonly npmScripts: readonly string[];
}

/** Everything that is measured of the files of src/ and of the scripts of package.json. */
export function survey(files: readonly SourceFile[], npmScripts: readonly string[]): Survey {
  const functions = files.flatMap(({ path, functions: spans }) => spans.map((span) => ({ ...span, path })));
  return {
    files: files.length,
    lines: files.reduce((sum, { lines }) => sum + lines, 0),
    rooms: roomsOf(files),
    largestFiles: files
      .map(({ path, lines }) => ({ path, lines }))
      .toSorted((a, b) => b.lines - a.lines || a.path.localeCompare(b.path))
      .slice(0, 5),
    fileLines: spread(files.map(({ lines }) => lines)),
    functionLines: spread(functions.map(({ lines }) => lines)),
    functionsOver100: functions.filter(({ lines }) => lines > 100).toSorted((a, b) => b.lines - a.lines || a.path.localeCompare(b.path)),
    fileCircles: fileCircles(files),
    folderCircles: folderCircles(files),
    importsUp: importsUp(files),
    roomsWithoutFloor: roomsWithoutFloor(files),
    pluginsNamed: pluginsNamed(files),
    notNamedAsExport: notNamedAsExport(files),
    notPlugins: notPlugins(files),
    storedSignals: files.flatMap(({ path, storedSignals }) => storedSignals.map((field) => `${path}: ${field}`)),
    shadowsOfRxjs: shadowsOfRxjs(files),
    npmScripts,
  };
}

/** Rooms that are not in the order, which says nothing of what they import. */
export const roomsWithoutFloor = (files: readonly SourceFile[]): string[] =>
  [...new Set(files.map(({ path }) => roomOf(path)))].filter((room) => floorOf(room) < 0);

/** Imports of a room that is above the importing file's own. */
export const importsUp = (files: readonly SourceFile[]): Finding[] =>
  files.flatMap(({ path, imports }) => imports.filter((to) => isInSrc(to) && runsUp(path, to)).map((to) => `${path}: ${to}`));

export const fileCircles = (files: readonly SourceFile[]): Finding[] =>
  circles(new Map(files.map(({ path, imports }) => [path, imports]))).map((ring) => ring.join(', '));

/** Folders that import each other, be it over others: there is no order of these in which imports go one way. */
export function folderCircles(files: readonly SourceFile[]): Finding[] {
  const between = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const to = between.get(folderOf(path)) ?? new Set();
    for (const one of imports) if (isInSrc(one) && folderOf(one) !== folderOf(path)) to.add(folderOf(one));
    between.set(folderOf(path), to);
  }
  return circles(between).map((ring) => ring.join(', '));
}

export const pluginsNamed = (files: readonly SourceFile[]): Finding[] =>
  files.flatMap(({ path, imports }) => imports.filter((to) => namesPlugin(path, to)).map((to) => `${path}: ${to}`));

/** Files of which no export has the name of the file: function, Type, or CONSTANT. */
export const notNamedAsExport = (files: readonly SourceFile[]): Finding[] =>
  files
    .filter(({ path }) => !unnamed.some((exception) => exception.path.test(path)))
    .filter(({ path, exports }) => !exports.some((name) => inCamelCase(name) === inCamelCase(basename(path, '.ts'))))
    .map(({ path, exports }) => `${path}: ${exports.join(', ')}`);

/** Files beside plug-ins that another file there imports: a helper, or a plug-in that another one knows. */
export function notPlugins(files: readonly SourceFile[]): Finding[] {
  const importers = new Map<string, string[]>();
  for (const { path, imports } of files) {
    if (!isPlugin(path)) continue;
    for (const to of imports) if (dirname(to) === dirname(path)) importers.set(to, [...(importers.get(to) ?? []), basename(path)]);
  }
  return [...importers].map(([path, by]) => `${path}: imported by ${by.join(', ')}`).toSorted();
}

/** Names of the entry that mean something else in RxJS. */
export const shadowsOfRxjs = (files: readonly SourceFile[]): string[] =>
  (files.find(({ path }) => path === 'src/index.ts')?.exports ?? []).filter((name) => name in rxjs).toSorted();

function roomsOf(files: readonly SourceFile[]): { room: string; files: number }[] {
  const counts = new Map<string, number>();
  for (const { path } of files) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].map(([room, count]) => ({ room, files: count })).toSorted((a, b) => a.room.localeCompare(b.room));
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { median: at(0.5), p90: at(0.9), max: at(1) };
}

/** A file that lies in src/ itself is a room of its own. */
const folderOf = (path: string): string => (dirname(path) === 'src' ? path : dirname(path));
const isInSrc = (path: string): boolean => path.startsWith('src/');

/** `wireFormat` for wireFormat, WireFormat and WIRE_FORMAT. */
const inCamelCase = (name: string): string =>
  /^[A-Z][A-Z\d_]+$/.test(name)
    ? name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    : name.charAt(0).toLowerCase() + name.slice(1);
