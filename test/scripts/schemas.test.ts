import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc from 'avsc';
import { beforeEach, describe, expect, it } from 'vitest';

interface Schema {
  fields: { name: string; type: unknown; default?: unknown }[];
}

const script = new URL('../../scripts/schemas.ts', import.meta.url).pathname;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saccade-schemas-'));
  await cp(new URL('../../schemas', import.meta.url).pathname, folder, { recursive: true });
});

const run = (...args: string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args, folder], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });

async function change(name: string, edit: (schema: Schema) => void): Promise<void> {
  const path = join(folder, `${name}.avsc`);
  const schema = JSON.parse(await readFile(path, 'utf8')) as Schema;
  edit(schema);
  await writeFile(path, JSON.stringify(schema));
}

const field = (schema: Schema, name: string): Schema['fields'][number] => schema.fields.find((one) => one.name === name)!;

describe('schemas', () => {
  it('as they are read everything that was released', async () => {
    expect(await run()).toMatchObject({ code: 0 });
  });

  it.each<[string, (schema: Schema) => void]>([
    ['a new field with a default', ({ fields }) => fields.push({ name: 'weather', type: 'string', default: '' })],
    ['a field with a default less', (schema) => (schema.fields = schema.fields.filter(({ name }) => name !== 'flags'))],
  ])('may have %s', async (_what, edit) => {
    await change('caption', edit);
    expect(await run()).toMatchObject({ code: 0 });
  });

  it.each<[string, (schema: Schema) => void]>([
    ['a new field without a default', ({ fields }) => fields.push({ name: 'weather', type: 'string' })],
    ['another type', (schema) => (field(schema, 'events').type = 'string')],
    ['a narrower type', (schema) => (field(schema, 'events').type = 'int')],
    ['a field under another name', (schema) => (field(schema, 'sensor').name = 'camera')],
    ['a symbol less', (schema) => (field(schema, 'status').type = { type: 'enum', name: 'Status', symbols: ['captioned'] })],
  ])('may not have %s', async (_what, edit) => {
    await change('caption', edit);
    expect(await run()).toMatchObject({ code: 1, text: expect.stringContaining('caption.avsc cannot read what 0.1.0 wrote') });
  });

  it.each<[string, (schema: Schema) => void]>([
    ['a field without a default less', (schema) => (schema.fields = schema.fields.filter(({ name }) => name !== 'sensor'))],
    ['a wider type', (schema) => (field(schema, 'sensorWidth').type = 'long')],
    ['a new symbol', (schema) => (field(schema, 'status').type = { type: 'enum', name: 'Status', symbols: ['captioned', 'quiet', 'new'] })],
  ])('may not have %s: consumers of a release could not read it', async (_what, edit) => {
    await change('caption', edit);
    expect(await run()).toMatchObject({ code: 1, text: expect.stringContaining('0.1.0 cannot read what caption.avsc writes') });
  });

  it('may not go', async () => {
    await rm(join(folder, 'event-packet.avsc'));
    expect(await run()).toMatchObject({ code: 1, text: expect.stringContaining('is gone') });
  });

  it('must read every version, not only the last', async () => {
    await change('caption', ({ fields }) => fields.push({ name: 'weather', type: 'string', default: '' }));
    expect(await run('--release', '0.2.0')).toMatchObject({ code: 0 });
    // 0.2.0 has the field and could be read; 0.1.0 could not.
    await change('caption', (schema) => delete field(schema, 'weather').default);
    expect(await run()).toMatchObject({ code: 1, text: expect.not.stringContaining('0.2.0 wrote') });
  });

  it.each(['caption', 'dead-letter', 'event-packet'])(
    '%s: records of every version are read by every other, with what both know',
    async (name) => {
      const root = new URL('../../schemas', import.meta.url).pathname;
      const versions = [...(await readdir(join(root, 'released'))).map((version) => join('released', version)), '.'];
      const types = await Promise.all(
        versions.map(async (version) =>
          avsc.Type.forSchema(JSON.parse(await readFile(join(root, version, `${name}.avsc`), 'utf8')) as avsc.Schema),
        ),
      );
      for (const writer of types) {
        for (const reader of types) {
          const resolver = reader.createResolver(writer);
          for (let i = 0; i < 20; i++) {
            const written = writer.random() as unknown as Record<string, unknown>;
            const read = reader.fromBuffer(writer.toBuffer(written), resolver) as Record<string, unknown>;
            for (const key of Object.keys(read)) if (key in written) expect(read[key]).toEqual(written[key]);
          }
        }
      }
    },
  );
});
