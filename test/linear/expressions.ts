import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

/** A regular expression of the program and where it stands. */
export interface Expression {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync('src/**/*.ts', { cwd: root }).toSorted();

/** Those that are written down. */
export const writtenExpressions = (): Expression[] =>
  files.flatMap((file) => literalsIn(parseSync(file, readFileSync(root + file, 'utf8')).program).map((found) => ({ file, ...found })));

function literalsIn(node: unknown): Omit<Expression, 'file'>[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, regex } = node as { type?: string; regex?: { pattern: string; flags: string } | null };
  if (type === 'Literal' && regex) return [{ source: regex.pattern, flags: regex.flags }];
  return Object.values(node).flatMap(literalsIn);
}

/** Those that modules put together when they are loaded. Modules that were loaded before are not heard. */
export async function builtExpressions(): Promise<Expression[]> {
  const found: Expression[] = [];
  const Original = RegExp;
  let loading = '';
  globalThis.RegExp = new Proxy(Original, {
    construct(target, args: [string | RegExp, string?]) {
      const made = new target(...args);
      // Of the file, and not of a library that it loads.
      if (new Error('where').stack?.split('\n')[2]?.includes(loading))
        found.push({ file: loading, source: made.source, flags: made.flags });
      return made;
    },
  });
  try {
    for (const file of files.filter((one) => readFileSync(root + one, 'utf8').includes('new RegExp('))) {
      loading = file;
      await import(root + file);
    }
  } finally {
    globalThis.RegExp = Original;
  }
  return found;
}
