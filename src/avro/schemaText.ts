import { readFileSync } from 'node:fs';

export type SchemaName = 'caption' | 'dead-letter' | 'event-packet';

/** The JSON of one of the project's Avro schemas; the files are part of the package. */
export const schemaText = (name: SchemaName): string => readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8');

/** The same without indentation: as it is written into files, and registered. */
export const compactSchema = (name: SchemaName): string => JSON.stringify(JSON.parse(schemaText(name)));
