import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import avsc from 'avsc';
import { whyUnreadable } from '../src/avro/wireFormat.ts';

/*
  Part of `npm run check`: each schema must be able to read what every released version of it wrote (BACKWARD_TRANSITIVE),
  since a replay reads old records and the registry refuses anything else at the start of a run.
    node scripts/schemas.ts [FOLDER]                     checks
    node scripts/schemas.ts --release VERSION [FOLDER]   keeps the schemas as they are now as a released version
*/

const args = process.argv.slice(2);
const version = args[0] === '--release' ? args[1] : undefined;
const folder = args[version === undefined ? 0 : 2] ?? new URL('../schemas', import.meta.url).pathname;

const schemasIn = async (path: string): Promise<string[]> => (await readdir(path)).filter((name) => name.endsWith('.avsc')).toSorted();

/** One line for each schema that cannot read a released version of itself. */
async function complaints(): Promise<string[]> {
  const found: string[] = [];
  for (const released of (await readdir(join(folder, 'released'))).toSorted()) {
    for (const name of await schemasIn(join(folder, 'released', released))) {
      const older = await readFile(join(folder, 'released', released, name), 'utf8');
      const why = existsSync(join(folder, name))
        ? whyUnreadable(avsc.Type.forSchema(JSON.parse(await readFile(join(folder, name), 'utf8')), { wrapUnions: false }), older)
        : 'the schema is gone';
      if (why)
        found.push(`${name} cannot read what ${released} wrote: ${why}. Give new fields a default; never remove symbols or change types`);
    }
  }
  return found;
}

const found = await complaints();
for (const line of found) console.error(line);
if (found.length > 0) process.exitCode = 1;
else if (version === undefined) console.log('schemas read everything that was released');
else {
  const to = join(folder, 'released', version);
  await mkdir(to);
  for (const name of await schemasIn(folder)) await copyFile(join(folder, name), join(to, name));
  console.log(`released ${version}`);
}
