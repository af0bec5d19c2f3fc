import { PipelineError } from '../errors.ts';
import type { CaptionRecord } from './captionRecord.ts';
import { type Configuration, differences } from './configuration.ts';
import type { Sink } from './sink.ts';

const WAYS_ON =
  'Nothing was changed. Go on with --into FOLDER (the outputs of this run go there), --add (go on in this one: windows that are in it stay as ' +
  'they are, others are added) or --replace (its files are moved aside, and new ones begun); in a program, outputsInto and the option otherRecords of runPipeline';

/** Why a run must not go on in an output: all that is in it was made by other configurations. Undefined where it may. Reads only. */
export async function otherConfiguration(sink: Sink<CaptionRecord>, own: Configuration): Promise<PipelineError | undefined> {
  const found = (await sink.configurations?.(own)) ?? [];
  const last = found.at(-1);
  if (!last || found.some(({ hash }) => hash === own.hash)) return undefined;
  const what = `${sink.files?.[0] ?? sink.name} has records of another configuration`;
  return new PipelineError('CONFIG_INVALID', `${what}: ${differences(last, own)}. ${WAYS_ON}`);
}
