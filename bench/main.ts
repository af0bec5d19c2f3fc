import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runAgainst } from './against/runAgainst.ts';

/*
  npm run bench -- [NAME...] [--json] [--against REVISION [--rounds 3]]

  Runs the benchmarks of these names, or all of them. Each file of this folder is one, and exports `bench`. With a revision of
  the repository, that one and the files as they are now run by turns; what is printed are medians and their ratio.
*/
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, against: { type: 'string' }, rounds: { type: 'string', default: '3' } },
});
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -3));
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark '${unknown.join("', '")}'; there are: ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of positionals.length > 0 ? positionals : known) {
    if (values.against === undefined) await runHere(name);
    else compare(name, values.against);
  }
}

async function runHere(name: string): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { bench: () => void | Promise<void> };
  if (!values.json) process.stdout.write(`${name}\n`);
  await bench();
}

function compare(name: string, revision: string): void {
  const comparisons = runAgainst({ bench: name, revision, rounds: Number(values.rounds) });
  if (values.json) process.stdout.write(`${JSON.stringify({ bench: name, against: revision, comparisons })}\n`);
  else {
    const widest = Math.max(...comparisons.map(({ figure }) => figure.length));
    process.stdout.write(
      `${name.padEnd(widest)}${['before', 'now', 'ratio', 'lowest', 'highest'].map((head) => head.padStart(11)).join('')}\n`,
    );
    for (const { figure, ...numbers } of comparisons) {
      process.stdout.write(
        `${figure.padEnd(widest)}${Object.values(numbers)
          .map((number) => show(number).padStart(11))
          .join('')}\n`,
      );
    }
  }
}

/** Three significant digits, or the whole number where it has more. */
function show(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
