import { readdir } from 'node:fs/promises';

/** Input that means harm, and what the program must make of it. */
export interface HostileCase {
  readonly name: string;
  /** Writes what the case needs into its own empty folder. Returns the arguments of `node`, and variables of its environment. */
  prepare(folder: string): Promise<HostileCommand>;
  /** The exit code that is right. */
  readonly exitCode: number;
  /** What stdout or stderr must say. */
  readonly message: RegExp;
}

export interface HostileCommand {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line, as a user runs it. */
export const saccadeCommand = (...args: string[]): HostileCommand => ({
  args: [new URL('../../../src/cli/main.ts', import.meta.url).pathname, ...args],
});

/** Lines of a module that may import from `src/`, where a case is about one function. */
export const moduleCommand = (lines: string): HostileCommand => ({
  args: ['--input-type=module-typescript', '--eval', lines.replaceAll("'src/", `'${new URL('../../../src/', import.meta.url).href}`)],
});

/** The cases of each file in `kinds/`, by its name. */
export async function hostileKinds(): Promise<ReadonlyMap<string, readonly HostileCase[]>> {
  const folder = new URL('kinds/', import.meta.url);
  const kinds = new Map<string, readonly HostileCase[]>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted()) {
    const { cases } = (await import(new URL(file, folder).href)) as { cases: readonly HostileCase[] };
    kinds.set(file.slice(0, -'.ts'.length), cases);
  }
  return kinds;
}
