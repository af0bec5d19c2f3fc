import { existsSync, readFileSync } from 'node:fs';

export type SchemaName = 'caption' | 'dead-letter' | 'event-packet';

/** The release whose schemas are written into files while they have the same fields. */
const RELEASE = '0.1.0';

const read = (path: string): string | undefined => {
  const file = new URL(`../../schemas/${path}.avsc`, import.meta.url);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

/** The JSON of one of the project's Avro schemas; the files are part of the package. */
export const schemaText = (name: SchemaName): string => read(name)!;

/**
 * The same without indentation: as it is written into files, and registered. A better description of a field makes no other
 * schema: where nothing else changed since it was released, the text is that of the release.
 */
export function compactSchema(name: SchemaName): string {
  const [released, own] = [JSON.parse(read(`released/${RELEASE}/${name}`) ?? 'null') as unknown, JSON.parse(schemaText(name)) as unknown];
  return JSON.stringify(JSON.stringify(released, undescribed) === JSON.stringify(own, undescribed) ? released : own);
}

const undescribed = (key: string, value: unknown): unknown => (key === 'doc' ? undefined : value);
