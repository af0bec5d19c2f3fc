import { existsSync, readFileSync, readdirSync } from 'node:fs';

const files = (folder: URL): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));

/**
 * The plug-ins of a folder of src, by the names of their files, but for those whose own test calls the contract: whoever
 * adds a plug-in with a test edits no list.
 */
export function pluginsIn(folder: string, contract: string): Set<string> {
  const hasContract = (name: string): boolean => {
    const test = new URL(`../${folder}/${name}.test.ts`, import.meta.url);
    return existsSync(test) && readFileSync(test, 'utf8').includes(`${contract}(`);
  };
  const names = files(new URL(`../../src/${folder}/`, import.meta.url)).map((name) => name.replace(/\.ts$/, ''));
  return new Set(names.filter((name) => !hasContract(name)));
}
