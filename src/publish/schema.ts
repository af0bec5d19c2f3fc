import { readFileSync } from 'node:fs';
import avsc from 'avsc';

export type SchemaName = 'caption' | 'dead-letter' | 'event-packet';

/** The JSON of one of the project's Avro schemas; the files are part of the package. */
export const schemaText = (name: SchemaName): string => readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8');

/** The Avro type of one of the project's schemas. */
export const schemaType = (name: SchemaName): avsc.Type => avsc.Type.forSchema(JSON.parse(schemaText(name)), { wrapUnions: false });
