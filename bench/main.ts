import { readdirSync } from 'node:fs';

/** `npm run bench -- NAME... [--json]`: runs the benchmarks of that name, or all of them. Each file here exports `bench`. */
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3));
const asked = process.argv.slice(2).filter((word) => word !== '--json');
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark '${unknown.join("', '")}'; there are: ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : known) {
    const { bench } = (await import(`./${name}.ts`)) as { bench: () => void | Promise<void> };
    if (!process.argv.includes('--json')) process.stdout.write(`${name}\n`);
    await bench();
  }
}
