import { readFileSync } from 'node:fs';

export type SchemaName = 'caption' | 'dead-letter' | 'event-packet';

/** The JSON of one of the project's Avro schemas; the files are part of the package. */
export const schemaText = (name: SchemaName): string => readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8');
