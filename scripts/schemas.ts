import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import avsc from 'avsc';
import { whyUnreadable } from '../src/avro/wireFormat.ts';
import { recordsPage } from './schemas/recordsPage.ts';

/*
  Part of `npm run check`: each schema and every released version of it must read what the other wrote (FULL_TRANSITIVE). A
  replay reads old records; a consumer that was built against an old release reads new ones.
    node scripts/schemas.ts [FOLDER]                     checks, also that docs/records.md is the page of these schemas
    node scripts/schemas.ts --page                       writes docs/records.md
    node scripts/schemas.ts --release VERSION [FOLDER]   keeps the schemas as they are now as a released version
*/

const args = process.argv.slice(2);
const version = args[0] === '--release' ? args[1] : undefined;
const ownFolder = new URL('../schemas', import.meta.url).pathname;
const folder = args.filter((arg) => !arg.startsWith('--')).at(version === undefined ? 0 : 1) ?? ownFolder;
const page = new URL('../docs/records.md', import.meta.url).pathname;

const schemasIn = async (path: string): Promise<string[]> => (await readdir(path)).filter((name) => name.endsWith('.avsc')).toSorted();

const RULE = 'New fields need a default; symbols, types and fields without a default stay';

const typeOf = (text: string): avsc.Type => avsc.Type.forSchema(JSON.parse(text) as avsc.Schema, { wrapUnions: false });

/** One line for each schema that cannot read a released version of itself, or cannot be read by it. */
async function complaints(): Promise<string[]> {
  const found: string[] = [];
  for (const released of (await readdir(join(folder, 'released'))).toSorted()) {
    for (const name of await schemasIn(join(folder, 'released', released))) {
      const older = await readFile(join(folder, 'released', released, name), 'utf8');
      if (!existsSync(join(folder, name))) found.push(`${name}, which ${released} released, is gone. ${RULE}`);
      else found.push(...pairComplaints(name, released, older, await readFile(join(folder, name), 'utf8')));
    }
  }
  return found;
}

function pairComplaints(name: string, released: string, older: string, current: string): string[] {
  const [back, forth] = [whyUnreadable(typeOf(current), older), whyUnreadable(typeOf(older), current)];
  return [
    ...(back ? [`${name} cannot read what ${released} wrote: ${back}. ${RULE}`] : []),
    ...(forth ? [`${released} cannot read what ${name} writes: ${forth}. ${RULE}`] : []),
  ];
}

const found = await complaints();
if (folder === ownFolder && version === undefined) {
  const text = await recordsPage(ownFolder);
  if (args.includes('--page')) await writeFile(page, text);
  else if (!existsSync(page) || (await readFile(page, 'utf8')) !== text)
    found.push('docs/records.md is not the page of these schemas: run `node scripts/schemas.ts --page`');
}
for (const line of found) console.error(line);
if (found.length > 0) process.exitCode = 1;
else if (version === undefined) console.log('schemas and everything that was released read each other');
else {
  const to = join(folder, 'released', version);
  await mkdir(to);
  for (const name of await schemasIn(folder)) await copyFile(join(folder, name), join(to, name));
  console.log(`released ${version}`);
}
