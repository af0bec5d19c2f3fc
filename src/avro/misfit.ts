import type avsc from 'avsc';
import { PipelineError } from '../errors.ts';
import { shown } from '../stage/shown.ts';

/** The error for a value that does not fit a schema, with the fields that do not. */
export function misfit(schemaName: string, type: avsc.Type, value: object): PipelineError {
  const wrong: string[] = [];
  type.isValid(value, {
    errorHook: (path, found) => wrong.push(`${path.join('.')} = ${shown(found)}`),
  });
  return new PipelineError('UNEXPECTED', `a record does not fit schemas/${schemaName}.avsc: ${wrong.join(', ')}`);
}
