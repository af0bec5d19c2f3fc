import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Pipeline } from '../../definePipeline.ts';
import { PipelineError, messageOf } from '../../errors.ts';

/** Imports a pipeline module. Throws CONFIG_INVALID naming the file and what is wrong with it. */
export async function loadPipeline(file: string): Promise<Pipeline> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new PipelineError('CONFIG_INVALID', `${file}: no such file; give the path of a pipeline module, such as pipelines/demo.ts`);
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `${file}: ${messageOf(cause)}`, { cause });
  }
  const pipeline = module.default;
  if (typeof pipeline === 'object' && pipeline !== null && 'configHash' in pipeline)
    return { ...(pipeline as Pipeline), module: pathToFileURL(path).href };
  throw new PipelineError(
    'CONFIG_INVALID',
    `${file}: its default export is ${typeof pipeline}, not a pipeline; write \`export default definePipeline({...})\``,
  );
}
