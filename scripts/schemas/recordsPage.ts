import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Schema = string | readonly Schema[] | Named;

interface Named {
  readonly type: Schema;
  readonly name?: string;
  readonly doc?: string;
  readonly fields?: readonly Field[];
  readonly items?: Schema;
  readonly values?: Schema;
  readonly symbols?: readonly string[];
  readonly logicalType?: string;
}

interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly doc?: string;
  readonly default?: unknown;
}

const pages = ['caption', 'dead-letter', 'event-packet'] as const;

/** docs/records.md: every field of the three schemas, and the rule by which they change. */
export async function recordsPage(folder: string): Promise<string> {
  const parts = [HEAD];
  for (const name of pages) {
    const schema = JSON.parse(await readFile(join(folder, `${name}.avsc`), 'utf8')) as Named;
    const rows = fieldRows(schema.fields ?? [], '');
    parts.push(
      `## ${schema.name} ([${name}.avsc](../schemas/${name}.avsc))\n\n${schema.doc ?? ''}\n\n| field | type | default | what it is |\n|---|---|---|---|\n${rows.join('\n')}\n`,
    );
  }
  return parts.join('\n');
}

const HEAD = `# Records

Every field that Saccade writes, made from \`schemas/\` by \`node scripts/schemas.ts --page\`.

A rule holds for all three schemas: **a new field has a default**, and no field, type or symbol that was released goes or changes. So each
released schema reads every later record, and each later schema every record that was released (Avro's FULL_TRANSITIVE; \`npm run check\`
and \`test/scripts/schemas.test.ts\` hold it over \`schemas/released/\`). A release is \`node scripts/schemas.ts --release VERSION\`.
`;

/** A row a field; those of a nested record follow it under its path. */
function fieldRows(fields: readonly Field[], path: string): string[] {
  return fields.flatMap(({ name, type, doc, default: value }) => {
    const nested = recordIn(type);
    const row = `| \`${path}${name}\` | ${cell(wordOf(type))} | ${value === undefined ? '' : `\`${JSON.stringify(value)}\``} | ${cell(doc ?? nested?.doc ?? '')} |`;
    return [row, ...fieldRows(nested?.fields ?? [], `${path}${name}.`)];
  });
}

function recordIn(type: Schema): Named | undefined {
  if (typeof type === 'string') return undefined;
  if (Array.isArray(type)) return (type as readonly Schema[]).map(recordIn).find((record) => record !== undefined);
  const named = type as Named;
  return named.fields ? named : recordIn(named.items ?? named.values ?? (typeof named.type === 'string' ? 'null' : named.type));
}

function wordOf(type: Schema): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return (type as readonly Schema[]).map(wordOf).join(' or ');
  const { type: kind, items, values, symbols, logicalType, name } = type as Named;
  if (symbols) return symbols.join(', ');
  if (items) return `array of ${wordOf(items)}`;
  if (values) return `map of ${wordOf(values)}`;
  if (kind === 'record') return name ?? 'record';
  return logicalType ? `${wordOf(kind)} (${logicalType})` : wordOf(kind);
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
