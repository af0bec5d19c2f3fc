import { readdirSync } from 'node:fs';

/*
  npm run rehearse -- SCENARIO [options]

  Plays what can go wrong, against the whole program, and counts what came of it. Each file of scripts/rehearsals is a
  scenario and names its options; it exits with 0 where everything was as promised.
*/
interface Scenario {
  /** Returns the exit code. */
  readonly rehearse: (args: string[]) => Promise<number>;
}

const scenarios = readdirSync(new URL('rehearsals', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [name = '', ...args] = process.argv.slice(2);
if (scenarios.includes(name)) {
  const { rehearse } = (await import(`./rehearsals/${name}.ts`)) as Scenario;
  process.exit(await rehearse(args));
}
process.stderr.write(`${name ? `no scenario '${name}'` : 'name a scenario'}: ${scenarios.join(', ')}\n`);
process.exit(2);
