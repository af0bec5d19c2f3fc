import { readdirSync } from 'node:fs';

/** The plug-ins of a folder of src, by the names of their files. */
export const pluginsIn = (folder: string): Set<string> =>
  new Set(
    readdirSync(new URL(`../../src/${folder}/`, import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name.replace(/\.ts$/, '')),
  );
